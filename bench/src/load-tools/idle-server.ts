import type { IdleServer } from '../loads/load.ts';
import { readResidentMb } from '../measure/memory.ts';
import type { LoadTool } from './load-tool.ts';

/** Tells what a server takes that is ready and has nothing to do. */
export const runIdleServer: LoadTool<IdleServer> = (_load, { pids }) => {
  const residentMb = readResidentMb(pids);
  return Promise.resolve({ requests: 1, errors: 0, figures: residentMb === undefined ? {} : { residentMb } });
};
