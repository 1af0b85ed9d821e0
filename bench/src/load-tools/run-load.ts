import type { LoadResult } from '../definition/figures.ts';
import type { Load } from '../definition/load.ts';
import type { Running } from '../definition/run.ts';
import { runAb } from './ab.ts';
import { runIdleClients } from './idle-clients.ts';
import { runIdleServer } from './idle-server.ts';
import type { LoadOptions } from './load-tool.ts';
import { runWrk } from './wrk.ts';

/** Runs a load with the tool that it names, or with the tool of the contestant. Throws when that fails. */
export const runLoad = async (load: Load, running: Running, options: LoadOptions): Promise<LoadResult> => {
  if (running.measure) return running.measure(load, options.seconds);
  switch (load.tool) {
    case 'wrk':
      return runWrk(load, running, options);
    case 'ab':
      return runAb(load, running, options);
    case 'idle-clients':
      return runIdleClients(load, running, options);
    case 'idle-server':
      return runIdleServer(load, running, options);
  }
};

/** Returns the programs that a load needs. */
export const programsOf = ({ tool }: Load): readonly string[] =>
  tool === 'wrk' || tool === 'ab' ? [tool] : [];
