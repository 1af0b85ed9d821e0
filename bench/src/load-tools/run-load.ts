import type { LoadResult } from '../loads/figures.ts';
import type { Load } from '../loads/load.ts';
import type { Running } from '../run.ts';
import { runAb } from './ab.ts';
import { runIdleClients } from './idle-clients.ts';
import { runIdleServer } from './idle-server.ts';
import type { LoadOptions } from './load-tool.ts';
import { runWrk } from './wrk.ts';

/** Puts a load on a contestant by the tool that the load names, or by the contestant's own. Throws when it could not. */
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

/** Programs that this load needs. */
export const programsOf = ({ tool }: Load): readonly string[] =>
  tool === 'wrk' || tool === 'ab' ? [tool] : [];
