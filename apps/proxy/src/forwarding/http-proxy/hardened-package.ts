import type { Agent, ClientRequest, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import type HttpProxy from 'http-proxy';
import type { Upstream } from '../../balancing/upstream.ts';

/**
 * A request to an upstream, written from the parsed head. The package treats it as the client's request and calls these
 * methods, so that no listener is created per request.
 */
export type OutgoingRequest = {
  readonly method: string;
  /** Names in lower case. */
  readonly headers: OutgoingHttpHeaders;
  /** The client's socket. */
  readonly socket: Socket;
  /** A placeholder: the path is set in `pipe`. */
  readonly url: '/';
  /** Ignores the listeners of the package: the engine watches the client. */
  on(): void;
  /** Called with the request before it is written: sets its path and adds listeners. */
  pipe(request: ClientRequest): void;
  /** The request has a socket, which may not be connected yet. */
  hasSocket(request: ClientRequest): void;
  answered(response: IncomingMessage): void;
  failed(error: NodeJS.ErrnoException): void;
};

export type HardenedPackage = {
  send(request: OutgoingRequest, upstream: Upstream, agent: Agent): void;
};

const finished = { finished: true } as unknown as ServerResponse;

type Passes = HttpProxy & { webPasses: { readonly name: string }[] };

const load = (): typeof HttpProxy => {
  const require = createRequire(import.meta.url);
  // The package reads util._extend, deprecated since Node 22 (DEP0060), when it is loaded.
  const util = require('node:util') as { _extend: unknown };
  util._extend = Object.assign;
  return require('http-proxy') as typeof HttpProxy;
};

/**
 * Loads the package without its vulnerable parts. Its pass `deleteLength` changes a chunked DELETE or OPTIONS to
 * `Content-Length: 0` and still sends the body, which the upstream reads as the next request (CVE-2026-29057, no fixed
 * release), so only the pass that creates the request is kept. The package gets a request written by the engine instead of
 * the client's, because it copies hop-by-hop headers, merges slashes and reads backslashes in the path as slashes. It neither
 * relays the response nor watches the client: the upstream request of a client that left would go on.
 */
export const createHardenedPackage = (): HardenedPackage => {
  const proxy = load().createProxyServer({
    prependPath: false,
    toProxy: true,
    selfHandleResponse: true,
  }) as Passes;
  proxy.webPasses = proxy.webPasses.filter((pass) => pass.name === 'stream');
  const own = (request: IncomingMessage): OutgoingRequest => request as unknown as OutgoingRequest;
  proxy.on('proxyReq', (clientRequest, request) => own(request).hasSocket(clientRequest));
  proxy.on('proxyRes', (response, request) => own(request).answered(response));
  const onError = (error: Error, request: IncomingMessage): void => own(request).failed(error);
  return {
    send(request, { hostname, port }, agent) {
      proxy.web(
        request as unknown as IncomingMessage,
        finished,
        { target: { protocol: 'http:', hostname, port }, agent } as unknown as HttpProxy.ServerOptions,
        onError as unknown as HttpProxy.ErrorCallback,
      );
    },
  };
};
