import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExperimentFacts } from '../../web/src/wire.ts';

type Limits = { readonly atMost?: number; readonly atLeast?: number; readonly times?: string };
type ExperimentFile = {
  readonly title: string;
  readonly hypothesis: Readonly<Record<string, Limits>>;
};

const describeLimit = (word: string, limit: number, times: string | undefined): string =>
  times === undefined ? `${word} ${limit}` : `${word} ${limit} times ${times}`;

const describeClaim = ([figure, { atMost, atLeast, times }]: readonly [string, Limits]): string => {
  const limits = [
    ...(atLeast === undefined ? [] : [describeLimit('at least', atLeast, times)]),
    ...(atMost === undefined ? [] : [describeLimit('at most', atMost, times)]),
  ];
  return `${figure} is ${limits.join(' and ')}.`;
};

/** Returns the experiments of a lab with what they claim: the files of its folder `experiments`, by name. */
export const listExperiments = (labFolder: string | undefined): readonly ExperimentFacts[] => {
  const folder = labFolder === undefined ? '' : join(labFolder, 'experiments');
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return files.sort().map((file) => {
    const { title, hypothesis } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as ExperimentFile;
    return {
      name: file.slice(0, -'.json'.length),
      title,
      claims: Object.entries(hypothesis).map(describeClaim),
    };
  });
};
