import { ConfigError } from '@tripod/shared/config/config-error';
import type { Load } from './loads/load.ts';
import type { Contestant, Run } from './run.ts';

const pick = <T extends { readonly name: string }>(
  flag: string,
  wanted: readonly string[],
  all: readonly T[],
): readonly T[] => {
  const unknown = wanted.filter((name) => !all.some((one) => one.name === name));
  if (unknown.length > 0) {
    const problem = `names ${unknown.join(', ')}, and there are: ${all.map(({ name }) => name).join(', ')}`;
    throw new ConfigError([{ source: flag, problem }]);
  }
  return all.filter(({ name }) => wanted.includes(name));
};

/** The loads and contestants that were asked for; without a wish all. */
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
    // Those that no load asks for need not be started.
    contestants: contestants.filter(({ name }) =>
      loads.some((load) => load.contestants === undefined || load.contestants.includes(name)),
    ),
  };
};
