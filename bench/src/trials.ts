import { ConfigError } from '@tripod/shared/config/config-error';
import { flagOf } from '@tripod/shared/config/settings';

/** The trial of the bench: it compares what clients were told with what is stored. */
export const lostWrites = {
  name: 'lost-writes',
  about: 'whether confirmed writes survive kills, stops and lost connections',
  /** How long faults are injected without `--seconds`, the only flag of the trial. */
  seconds: 60,
} as const;

/** Each of the four faults, one every 2 s, needs its turn. */
const leastSeconds = 8;

/** Names that may stand in place of the name of a run. */
export const trialNames: readonly string[] = [lostWrites.name];

/** Throws when the trial would be too short, or when a flag was given that it does not use. */
export const checkTrialFlags = (typed: readonly string[], seconds: number): void => {
  const foreign = typed.filter((name) => name !== 'seconds').map(flagOf);
  if (foreign.length > 0) {
    const [means, them] = foreign.length === 1 ? ['means', 'it'] : ['mean', 'them'];
    const problem = `${means} nothing to ${lostWrites.name}, which takes only --seconds: leave ${them} out`;
    throw new ConfigError([{ source: foreign.join(', '), problem }]);
  }
  if (seconds < leastSeconds) {
    const problem = `is ${seconds} and must be at least ${leastSeconds} for ${lostWrites.name}, so that each fault has its turn`;
    throw new ConfigError([{ source: '--seconds', problem }]);
  }
};
