import { Agent, type AgentOptions, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { LookupFunction, Socket, TcpNetConnectOpts } from 'node:net';
import { AppError } from '@tripod/shared/errors/app-error';
import { toAppError } from '@tripod/shared/http/problem';
import { createReadiness } from '@tripod/shared/http/readiness';
import { requestIdOf } from '@tripod/shared/http/request-id';
import { sendProblem } from '@tripod/shared/http/send-problem';
import { createStoppableServer } from '@tripod/shared/http/stoppable-server';
import type { Routing } from '../../routing/route-table.ts';
import { plainAddress } from '../../routing/rules/networks.ts';
import { ConnectionLimit } from '../connection-limit.ts';
import { Deadlines } from '../deadlines.ts';
import type { Engine, EngineConfig, EngineOptions } from '../engine.ts';
import { Exchange, type ExchangeRequest } from '../exchange.ts';
import { clientAddressOf, type ForwardedClaims } from '../forwarded-headers.ts';
import { connectionTokens } from '../hop-by-hop.ts';
import { findHsts } from '../hsts.ts';
import { keepsConnection } from '../keeps-connection.ts';
import { createRawHeaders } from '../request-headers.ts';
import { createUpstreamLookup } from '../resolve-upstream.ts';
import { tcpKeepAlive } from '../tcp-keep-alive.ts';
import { TlsListener } from '../tls-listener.ts';
import { unreadRequest } from '../unread-request.ts';
import { connectUpstream } from '../upstream-socket.ts';
import {
  acceptEveryRequest,
  clearExpectation,
  runAfterEarlierResponse,
  takeConnections,
} from './accept-requests.ts';
import { acceptUpgrades, isIgnoredUpgrade, isUpgrade } from './accept-upgrades.ts';
import { type Admitted, admitRequest, hasEmptyBody } from './admission.ts';
import { ForwardRequest } from './forward-request.ts';
import type { ForwardingParts } from './forwarding-parts.ts';
import { createHardenedPackage } from './hardened-package.ts';
import { readClaimsOf } from './message-headers.ts';
import { Tunnels } from './tunnel.ts';

const redirect = (
  response: ServerResponse,
  { location, status }: Extract<Routing, { readonly kind: 'redirect' }>,
  requestId: string,
): void => {
  response.writeHead(status, { Location: location, 'Content-Length': 0, 'X-Request-Id': requestId }).end();
};

const exchangeRequestOf = (
  request: IncomingMessage,
  claims: ForwardedClaims,
  { trustedProxies, traceFrom }: EngineConfig,
): ExchangeRequest => {
  const clientAddress = clientAddressOf(request.socket.remoteAddress ?? '', claims, trustedProxies);
  return {
    method: request.method ?? '',
    target: request.url ?? '',
    protocol: `HTTP/${request.httpVersion}`,
    host: request.headers.host,
    headers: createRawHeaders(request.rawHeaders),
    clientAddress,
    requestId: requestIdOf(request.headers['x-request-id']),
    userAgent: request.headers['user-agent'],
    referer: request.headers.referer,
    isTraced: request.headers['x-trace'] === '1' && traceFrom.has(clientAddress),
  };
};

/**
 * Connections that node:http would keep open: HTTP/1.0 with `keep-alive, close` (RFC 9112 9.3), and ignored upgrades.
 */
const mustClose = (request: IncomingMessage): boolean => {
  const { connection } = request.headers;
  if (connection === undefined) return false;
  const isOldClose = request.httpVersion === '1.0' && connectionTokens([connection]).has('close');
  return isOldClose || isIgnoredUpgrade(request);
};

type AgentSettings = AgentOptions & { readonly lookup: LookupFunction };

const createUpstreamAgent = (settings: AgentSettings): Agent => {
  const agent = new Agent(settings);
  agent.createConnection = (options) =>
    connectUpstream({ ...(options as TcpNetConnectOpts), noDelay: true, ...tcpKeepAlive });
  return agent;
};

const applyTimeouts = (server: Server, config: EngineConfig): void => {
  server.headersTimeout = config.clientHeadTimeoutMs;
  // A body has a time limit for each pause, set by the exchange, and none for the whole.
  server.requestTimeout = 0;
  server.keepAliveTimeout = config.clientKeepAliveMs;
};

/** Creates the engine on node:http and the npm package `http-proxy`, hardened. */
export const createHttpProxyEngine = (options: EngineOptions): Engine => {
  const { config, routes, observer, clock, budget, connections, viaName, certificates } = options;
  const readiness = createReadiness();
  const lookup = createUpstreamLookup(clock);
  const context = { clock, observer, budget };
  const deadlines = new Deadlines(clock);
  const agent = createUpstreamAgent({
    keepAlive: true,
    scheduling: 'lifo',
    maxFreeSockets: 256,
    timeout: config.upstreamKeepAliveMs,
    lookup,
  });
  const freshAgent = createUpstreamAgent({ keepAlive: false, lookup });
  // Connections that close after the current response: later requests on them are ignored (RFC 9112 9.6), and after a
  // refusal the bytes may not be a request at all.
  const closing = new WeakSet<Socket>();
  const closeAfter = (request: IncomingMessage, response: ServerResponse): void => {
    closing.add(request.socket);
    if (!response.headersSent) response.setHeader('Connection', 'close');
  };
  const parts: ForwardingParts = {
    closeAfter,
    config,
    package: createHardenedPackage(),
    agent,
    freshAgent,
    deadlines,
    waiting: new Set(),
    tunnels: new Tunnels({ config, deadlines }),
    isDraining: () => readiness.draining,
    viaName,
    hsts: findHsts(config),
  };

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    if (closing.has(request.socket)) return;
    const claims = readClaimsOf(request);
    const exchange = new Exchange(context, exchangeRequestOf(request, claims, config));
    const { requestId } = exchange.request;
    const end = (): void => exchange.finish(response.statusCode);
    if (mustClose(request)) closeAfter(request, response);
    let admitted: Admitted;
    try {
      admitted = admitRequest(request, routes);
    } catch (error) {
      response.once('close', end);
      exchange.code = toAppError(error).code;
      const isHarmless = error instanceof AppError && keepsConnection(error) && hasEmptyBody(request);
      if (!isHarmless || isUpgrade(request)) closeAfter(request, response);
      response.setTimeout(config.idleTimeoutMs);
      sendProblem(request, response, error, { requestId });
      return;
    }
    const { routing, isEmpty, expectsContinue } = admitted;
    if (isEmpty) clearExpectation(response);
    // The response of the clientError listener to a broken body carries the id, too.
    if (!isEmpty) response.setHeader('X-Request-Id', requestId);
    // The body is not read and has no time limit, so the connection closes after the response.
    if (routing.kind !== 'forward' && !isEmpty) closeAfter(request, response);
    switch (routing.kind) {
      case 'redirect':
        response.once('close', end);
        redirect(response, routing, requestId);
        return;
      case 'options':
        response.once('close', end);
        response.writeHead(204, {
          Allow: routing.allow,
          'X-Request-Id': requestId,
        });
        response.end();
        return;
      case 'forward':
        new ForwardRequest(parts, exchange, routing, {
          request,
          response,
          isEmpty,
          expectsContinue,
          claims,
        }).start();
        return;
    }
  };

  const onRefused = (socket: Socket, { code, status }: AppError): void => {
    if (closing.has(socket)) return;
    const exchange = new Exchange(context, unreadRequest(plainAddress(socket.remoteAddress ?? '')));
    exchange.code = code;
    exchange.finish(status);
  };
  const stoppable = createStoppableServer(runAfterEarlierResponse(handle), { readiness, clock, onRefused });
  applyTimeouts(stoppable.server, config);
  acceptEveryRequest(stoppable.server, handle);
  acceptUpgrades(stoppable.server, { handle, isClosing: (socket) => closing.has(socket) });
  const limit = new ConnectionLimit(config, connections, context);
  const serve = takeConnections(stoppable.server);
  const tls = certificates && new TlsListener({ certificates, config, context, onSecure: serve });
  stoppable.server.on('connection', (socket: Socket) => {
    socket.setKeepAlive(true, tcpKeepAlive.keepAliveInitialDelay);
    if (!limit.admit(socket)) return;
    if (tls) tls.accept(socket);
    else serve(socket);
  });
  return {
    listen: (options) => stoppable.listen(options),
    leaveUnhealthy: (upstream) => {
      for (const request of parts.waiting) request.leaveUnhealthy(upstream);
    },
    drain: () => readiness.startDraining(),
    close: async ({ graceMs }) => {
      tls?.stop();
      // node:http does not close connections that it has released for tunnels.
      const cut = clock.after(graceMs, () => parts.tunnels.destroyAll());
      await stoppable.stop({ drainDelayMs: 0, graceMs });
      cut.cancel();
      agent.destroy();
      freshAgent.destroy();
    },
  };
};
