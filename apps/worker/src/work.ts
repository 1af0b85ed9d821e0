import type { Clock } from '@tripod/shared/async/clock';
import { pause } from '@tripod/shared/async/pause';

/** Does what a job is there for. Throws when it could not be done; then it is tried again. */
export type Work = (jobName: string) => Promise<void>;

/** Takes some time for each job. Jobs whose names begin with `fail-` fail each time. */
export const createDemonstrationWork =
  (clock: Clock, workMs: number): Work =>
  async (jobName) => {
    await pause(clock, workMs);
    if (jobName.startsWith('fail-')) throw new Error('its name begins with fail-');
  };
