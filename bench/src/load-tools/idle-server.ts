import type { IdleServer } from '../definition/load.ts';
import { readResidentMb } from '../machine/memory.ts';
import type { LoadTool } from './load-tool.ts';

/** Measures the memory of a server that is ready and idle. */
export const runIdleServer: LoadTool<IdleServer> = (_load, { pids }) => {
  const residentMb = readResidentMb(pids);
  return Promise.resolve({ requests: 1, errors: 0, figures: residentMb === undefined ? {} : { residentMb } });
};
