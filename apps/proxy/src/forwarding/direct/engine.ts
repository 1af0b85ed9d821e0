import { createServer } from 'node:net';
import { type Listening, listen } from '@tripod/shared/process/listen';
import { Deadlines } from '../deadlines.ts';
import type { Engine, EngineOptions } from '../engine.ts';
import { createUpstreamLookup } from '../resolve-upstream.ts';
import { ClientConnection, type ClientParts, type Plan } from './client-connection.ts';
import { createHeadMemo } from './head-memo.ts';
import { parseRequestHead } from './request-head.ts';
import { UpstreamConnections } from './upstream-connections.ts';

/** Our own engine: strict HTTP/1.1 on sockets, both sides. */
export const createDirectEngine = (options: EngineOptions): Engine => {
  const { config, routes, observer, clock, budget } = options;
  const clients = new Set<ClientConnection>();
  const deadlines = new Deadlines(clock);
  let draining = false;
  const plan = (text: string): Plan => {
    const head = parseRequestHead(text);
    return { head, routing: routes.route(head) };
  };
  const parts: ClientParts = {
    config,
    deadlines,
    context: { clock, observer, budget },
    connections: new UpstreamConnections({
      idleMs: config.upstreamKeepAliveMs,
      deadlines,
      lookup: createUpstreamLookup(clock),
    }),
    isDraining: () => draining,
    plan: createHeadMemo(plan, ({ head }) => !head.isSecret),
    onClosed: (connection) => void clients.delete(connection),
  };
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    clients.add(new ClientConnection(socket, parts));
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
        for (const client of clients) client.destroy();
      });
      for (const client of clients) client.closeIfIdle();
      await ended;
      cut.cancel();
      parts.connections.destroyAll();
    },
  };
};
