import { createServer } from 'node:net';
import { createDateLine } from '@tripod/shared/http/date-line';
import { type Listening, listen } from '@tripod/shared/os/listen';
import { ConnectionLimit } from '../connection-limit.ts';
import { Deadlines } from '../deadlines.ts';
import type { Engine, EngineOptions } from '../engine.ts';
import { createUpstreamLookup } from '../resolve-upstream.ts';
import { tcpKeepAlive } from '../tcp-keep-alive.ts';
import { viaElement } from '../via.ts';
import { ClientConnection } from './client/client-connection.ts';
import type { ExchangeParts } from './client/exchange-client.ts';
import { createPlans } from './client/plan.ts';
import { UpstreamRequestHeads } from './client/upstream-request-heads.ts';
import { UpstreamConnections } from './upstream/upstream-connections.ts';
import { WriteBatch } from './wire/batched-text.ts';

/** Creates the engine that speaks strict HTTP/1.1 on sockets, to clients and to upstreams. */
export const createDirectEngine = (options: EngineOptions): Engine => {
  const { config, routes, observer, clock, budget, connections, viaName } = options;
  const clients = new Set<ClientConnection>();
  const deadlines = new Deadlines(clock);
  let draining = false;
  const batch = new WriteBatch();
  const context = { clock, observer, budget };
  const parts: ExchangeParts = {
    config,
    deadlines,
    batch,
    context,
    connections: new UpstreamConnections({ config, deadlines, batch, lookup: createUpstreamLookup(clock) }),
    requestHeads: new UpstreamRequestHeads(config, viaName),
    isDraining: () => draining,
    dateLine: createDateLine(clock),
    viaLine: `Via: ${viaElement(viaName)}\r\n`,
    plans: createPlans(routes),
  };
  const limit = new ConnectionLimit(config, connections, context);
  const server = createServer({ noDelay: true, allowHalfOpen: true, ...tcpKeepAlive }, (socket) => {
    if (!limit.admit(socket)) return;
    const client = new ClientConnection(socket, parts, () => clients.delete(client));
    clients.add(client);
  });
  let listening: Listening | undefined;
  return {
    listen: async (options) => {
      listening = await listen(server, options);
      return listening;
    },
    leaveUnhealthy: (upstream) => {
      for (const client of clients) client.direct.leaveUnhealthy(upstream);
    },
    drain: () => {
      draining = true;
    },
    close: async ({ graceMs }) => {
      draining = true;
      const ended = listening?.close();
      const cut = clock.after(graceMs, () => {
        for (const client of clients) client.socket.reset();
      });
      for (const client of clients) client.stop();
      await ended;
      cut.cancel();
      parts.connections.destroyAll();
    },
  };
};
