import { createServer, type Socket } from 'node:net';
import { createDateLine } from '@tripod/shared/http/date-line';
import { type Listening, listen } from '@tripod/shared/os/listen';
import { ConnectionLimit } from '../connection-limit.ts';
import { Deadlines } from '../deadlines.ts';
import type { Engine, EngineOptions } from '../engine.ts';
import { findHsts } from '../hsts.ts';
import { createUpstreamLookup } from '../resolve-upstream.ts';
import { tcpKeepAlive } from '../tcp-keep-alive.ts';
import { TlsListener } from '../tls-listener.ts';
import { viaElement } from '../via.ts';
import { ClientConnection } from './client/client-connection.ts';
import type { ExchangeParts } from './client/exchange-client.ts';
import { createPlans } from './client/plan.ts';
import { UpstreamRequestHeads } from './client/upstream-request-heads.ts';
import { UpstreamConnections } from './upstream/upstream-connections.ts';
import { WriteBatch } from './wire/batched-text.ts';

/** Creates the engine that speaks strict HTTP/1.1 on sockets, to clients and to upstreams. */
export const createDirectEngine = (options: EngineOptions): Engine => {
  const { config, routes, observer, clock, budget, connections, viaName, certificates } = options;
  const clients = new Set<ClientConnection>();
  const deadlines = new Deadlines(clock);
  let draining = false;
  let closing = false;
  const hsts = findHsts(config);
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
    ownLines: `Via: ${viaElement(viaName)}\r\n${hsts === undefined ? '' : `Strict-Transport-Security: ${hsts}\r\n`}`,
    plans: createPlans(routes),
  };
  const limit = new ConnectionLimit(config, connections, context);
  const serve = (socket: Socket): void => {
    const client = new ClientConnection(socket, parts, () => clients.delete(client));
    clients.add(client);
    if (closing) client.stop();
  };
  const tls = certificates && new TlsListener({ certificates, config, context, onSecure: serve });
  const server = createServer({ noDelay: true, allowHalfOpen: true, ...tcpKeepAlive }, (socket) => {
    if (!limit.admit(socket)) return;
    if (tls) tls.accept(socket);
    else serve(socket);
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
      closing = true;
      tls?.stop();
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
