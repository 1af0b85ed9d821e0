import { ConfigError } from '@tripod/shared/config/config-error';
import { flagOf } from '@tripod/shared/config/settings';

/** The trial that compares the writes confirmed to clients with the writes that are stored. */
export const lostWrites = {
  name: 'lost-writes',
  about: 'whether confirmed writes survive kills, stops and lost connections',
  /** How long faults are injected without `--seconds`, the only flag of the trial. */
  seconds: 60,
} as const;

/** Long enough for each of the four faults, which are 2 s apart, to be injected once. */
const minSeconds = 8;

/** Names accepted in place of the name of a run. */
export const trialNames: readonly string[] = [lostWrites.name];

/** Throws when the trial would be too short, or when a flag was given that it does not use. */
export const checkTrialFlags = (typed: readonly string[], seconds: number): void => {
  const unusable = typed.filter((name) => name !== 'seconds').map(flagOf);
  if (unusable.length > 0) {
    const [are, them] = unusable.length === 1 ? ['is', 'it'] : ['are', 'them'];
    const problem = `${are} not used by ${lostWrites.name}, which takes only --seconds: remove ${them}`;
    throw new ConfigError([{ source: unusable.join(', '), problem }]);
  }
  if (seconds < minSeconds) {
    const problem = `is ${seconds} and must be at least ${minSeconds} for ${lostWrites.name}, so that each fault is injected`;
    throw new ConfigError([{ source: '--seconds', problem }]);
  }
};
