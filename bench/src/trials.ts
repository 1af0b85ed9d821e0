import { ConfigError } from '@tripod/shared/config/config-error';
import { flagOf } from '@tripod/shared/config/settings';

/** What the bench can do that is no comparison: it counts what clients were told against what is stored. */
export const lostWrites = {
  name: 'lost-writes',
  about: 'whether confirmed writes outlive what is killed, stopped or cut off',
  /** How long faults go on unless `--seconds` is typed, the only flag that it knows. */
  seconds: 60,
} as const;

/** In less not each of the four faults, one every 2 s, has its turn. */
const leastSeconds = 8;

/** Names that are typed where else the name of a run stands. */
export const trialNames: readonly string[] = [lostWrites.name];

/** Throws when it would be too short, or flags were typed, given by the names of their settings, that it would ignore. */
export const checkTrialFlags = (typed: readonly string[], seconds: number): void => {
  const foreign = typed.filter((name) => name !== 'seconds').map(flagOf);
  if (foreign.length > 0) {
    const [means, them] = foreign.length === 1 ? ['means', 'it'] : ['mean', 'them'];
    const problem = `${means} nothing to ${lostWrites.name}, which takes --seconds alone: leave ${them} out`;
    throw new ConfigError([{ source: foreign.join(', '), problem }]);
  }
  if (seconds < leastSeconds) {
    const problem = `must be at least ${leastSeconds} for ${lostWrites.name}, and is ${seconds}: each fault needs its turn`;
    throw new ConfigError([{ source: '--seconds', problem }]);
  }
};
