import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '@tripod/shared/config/config-error';
import type { Experiment } from './experiment.ts';
import { readExperiment } from './read-experiment.ts';

/** Reads all experiments of a checkout, by lab and name. Throws a ConfigError when a file is wrong. */
export const readExperiments = (checkout: string): readonly Experiment[] => {
  const labs = join(checkout, 'labs');
  return readdirSync(labs)
    .sort()
    .flatMap((lab) => {
      const folder = join(labs, lab, 'experiments');
      if (!existsSync(folder)) return [];
      const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
      return files.sort().map((name) => readExperiment(join(folder, name), lab));
    });
};

/** Finds experiments by their names. Throws a ConfigError that lists the known ones. */
export const chooseExperiments = (
  all: readonly Experiment[],
  names: readonly string[],
): readonly Experiment[] => {
  const unknown = names.filter((name) => !all.some((one) => one.name === name));
  if (unknown.length > 0) {
    const known = all.map(({ name }) => name).join(', ');
    throw new ConfigError(
      unknown.map((name) => ({
        source: `The experiment ${JSON.stringify(name)}`,
        problem: `is not known; the experiments are ${known}`,
      })),
    );
  }
  return all.filter(({ name }) => names.includes(name));
};

/** The times and the load of the short form, in which everything lasts a quarter as long. */
export const shortenExperiment = (experiment: Experiment): Experiment => ({
  ...experiment,
  load: { ...experiment.load, forMs: Math.round(experiment.load.forMs / 4) },
  method: experiment.method.map((step) => ({
    ...step,
    atMs: Math.round(step.atMs / 4),
    ...('surge' in step ? { lastsMs: Math.round(step.lastsMs / 4) } : {}),
  })),
});
