import type { Agent, ClientRequest, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import type HttpProxy from 'http-proxy';
import type { Upstream } from '../../balancing/upstream.ts';

/**
 * A request as it goes to an upstream: written by us from the parsed head, nothing of it passed through unseen. The
 * package takes it for the client's, and calls what it is told here: no listener is made for a request.
 */
export type OutgoingRequest = {
  readonly method: string;
  /** Names in lower case. */
  readonly headers: OutgoingHttpHeaders;
  /** The client's. */
  readonly socket: Socket;
  /** No more than a place for the path, which is set later. */
  readonly url: '/';
  /** The package would listen to the client, too: we do that. */
  on(): void;
  /** Given the request once it is made, and before it is written: sets its path, and listens for what comes back. */
  pipe(request: ClientRequest): void;
  /** It has a socket, which may not be connected yet. */
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
  // The package takes util._extend, deprecated since Node 22 (DEP0060), when it is loaded: it gets its successor.
  const util = require('node:util') as { _extend: unknown };
  util._extend = Object.assign;
  return require('http-proxy') as typeof HttpProxy;
};

/**
 * Makes the package safe. Its pass `deleteLength` turns a chunked DELETE or OPTIONS into `Content-Length: 0` and sends
 * the body after it all the same, where the upstream reads it as the next request (CVE-2026-29057, no fixed release):
 * only the pass that makes the request stays. The package is given a request of ours instead of the client's, because it
 * copies every header, hop-by-hop ones too, and because it would merge slashes and read backslashes as slashes in the
 * path. It neither relays the response nor watches the client: an upstream request of a client that left would run on.
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
