import type { Clock } from '@tripod/shared/async/clock';
import { pause } from '@tripod/shared/async/pause';

/** Does the work of a job. Throws when the work failed; the job is then retried. */
export type Work = (jobName: string) => Promise<void>;

/** Takes some time for each job. Jobs whose names begin with `fail-` fail each time. */
export const createDemonstrationWork =
  (clock: Clock, workMs: number): Work =>
  async (jobName) => {
    await pause(clock, workMs);
    if (jobName.startsWith('fail-')) throw new Error('its name begins with fail-');
  };
