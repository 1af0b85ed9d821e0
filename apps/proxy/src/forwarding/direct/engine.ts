import { createServer } from 'node:net';
import { createDateLine } from '@tripod/shared/http/date-line';
import { type Listening, listen } from '@tripod/shared/os/listen';
import { ConnectionLimit } from '../connection-limit.ts';
import { Deadlines } from '../deadlines.ts';
import type { Engine, EngineOptions } from '../engine.ts';
import { createUpstreamLookup } from '../resolve-upstream.ts';
import { ClientConnection, type ClientParts } from './client-connection.ts';
import { createPlans } from './plan.ts';
import { UpstreamConnections } from './upstream-connections.ts';
import { UpstreamHeads } from './upstream-heads.ts';
import { WriteBatch } from './write-batch.ts';

/** Our own engine: strict HTTP/1.1 on sockets, both sides. */
export const createDirectEngine = (options: EngineOptions): Engine => {
  const { config, routes, observer, clock, budget, connections } = options;
  const clients = new Set<ClientConnection>();
  const deadlines = new Deadlines(clock);
  let draining = false;
  const batch = new WriteBatch();
  const context = { clock, observer, budget };
  const parts: ClientParts = {
    config,
    deadlines,
    batch,
    context,
    connections: new UpstreamConnections({ config, deadlines, batch, lookup: createUpstreamLookup(clock) }),
    upstreamHeads: new UpstreamHeads(config),
    isDraining: () => draining,
    dateLine: createDateLine(clock),
    plans: createPlans(routes),
    onClosed: (connection) => void clients.delete(connection),
  };
  const limit = new ConnectionLimit(config, connections, context);
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    if (limit.admit(socket)) clients.add(new ClientConnection(socket, parts));
  });
  let listening: Listening | undefined;
  return {
    listen: async (options) => {
      listening = await listen(server, options);
      return listening;
    },
    drain: () => {
      draining = true;
    },
    close: async ({ graceMs }) => {
      draining = true;
      const ended = listening?.close();
      const cut = clock.after(graceMs, () => {
        for (const client of clients) client.socket.cut();
      });
      for (const client of clients) client.stop();
      await ended;
      cut.cancel();
      parts.connections.destroyAll();
    },
  };
};
