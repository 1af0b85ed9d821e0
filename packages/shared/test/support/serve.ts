import type { RequestListener } from 'node:http';
import { createReadiness } from '@tripod/shared/http/readiness';
import { createStoppableServer } from '@tripod/shared/http/stoppable-server';
import { type Clock, systemClock } from '../../src/async/clock.ts';

/** A listener on a free loopback port, and how to end it. */
export const serve = async (listener: RequestListener, clock: Clock = systemClock) => {
  const readiness = createReadiness();
  const stoppable = createStoppableServer(listener, { readiness, clock });
  const { port, url } = await stoppable.listen({ host: '127.0.0.1', port: 0 });
  return {
    readiness,
    port,
    url,
    server: stoppable.server,
    stop: stoppable.stop,
    /** Ends it without waiting for anyone. */
    cut: async (): Promise<void> => {
      const stopped = stoppable.stop({ drainDelayMs: 0 });
      stoppable.server.closeAllConnections();
      await stopped;
    },
  };
};
