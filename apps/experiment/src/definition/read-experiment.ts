import { basename } from 'node:path';
import { ConfigError } from '@tripod/shared/config/config-error';
import { loadConfig } from '@tripod/shared/config/load-config';
import { readConfigFile } from '@tripod/shared/config/read-config-file';
import { type Experiment, experimentKeys, requiredExperimentKeys, type Step } from './experiment.ts';

const checkTimes = (file: string, method: readonly Step[], forMs: number): void => {
  for (const [index, { atMs }] of method.entries()) {
    const earlier = method[index - 1]?.atMs ?? 0;
    const source = `#/method/${index}/atMs in ${file}`;
    if (atMs < earlier)
      throw new ConfigError([
        { source, problem: `must not be before the step in front of it, and is ${atMs}` },
      ]);
    if (index === 0 && atMs < 1000) {
      const problem = `must be 1000 or more, because the time before it is what the others are compared with, and is ${atMs}`;
      throw new ConfigError([{ source, problem }]);
    }
    if (atMs >= forMs)
      throw new ConfigError([
        { source, problem: `must be before the end of the load (${forMs}), and is ${atMs}` },
      ]);
  }
};

/** Reads an experiment of a lab. Throws a ConfigError that names the file and every wrong or missing key. */
export const readExperiment = (file: string, labName: string): Experiment => {
  const values = readConfigFile(file);
  const missing = requiredExperimentKeys.filter((name) => !Object.hasOwn(values, name));
  if (missing.length > 0)
    throw new ConfigError(missing.map((name) => ({ source: `#/${name} in ${file}`, problem: 'is missing' })));
  const checked = loadConfig(experimentKeys, { file: { name: file, values }, workingDir: '/' });
  // The schemas have checked the structures, whose types they do not tell.
  const experiment = {
    ...checked,
    lab: checked.lab ?? {},
    variants: checked.variants ?? [],
    prepare: checked.prepare ?? [],
    name: basename(file, '.json'),
    labName,
  } as unknown as Experiment;
  checkTimes(file, experiment.method, experiment.load.forMs);
  return experiment;
};
