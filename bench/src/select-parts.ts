import { ConfigError } from '@tripod/shared/config/config-error';
import type { Load } from './definition/load.ts';
import type { Contestant, Run } from './definition/run.ts';

const pick = <T extends { readonly name: string }>(
  flag: string,
  wanted: readonly string[],
  all: readonly T[],
): readonly T[] => {
  const unknown = wanted.filter((name) => !all.some((one) => one.name === name));
  if (unknown.length > 0) {
    const problem = `does not know ${unknown.join(', ')}: use ${all.map(({ name }) => name).join(', ')}`;
    throw new ConfigError([{ source: flag, problem }]);
  }
  return all.filter(({ name }) => wanted.includes(name));
};

/** Selects the requested loads and contestants; all when none are requested. */
export const selectParts = (
  run: Run,
  wanted: { readonly only: readonly string[]; readonly contestants: readonly string[] },
): { readonly loads: readonly Load[]; readonly contestants: readonly Contestant[] } => {
  const loads = wanted.only.length === 0 ? run.loads : pick('--only', wanted.only, run.loads);
  const contestants =
    wanted.contestants.length === 0
      ? run.contestants
      : pick('--contestants', wanted.contestants, run.contestants);
  return {
    loads,
    // Contestants that no load uses are not started.
    contestants: contestants.filter(({ name }) =>
      loads.some((load) => load.contestants === undefined || load.contestants.includes(name)),
    ),
  };
};
