import type { Agent, ClientRequest, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import type HttpProxy from 'http-proxy';
import type { Upstream } from '../../balancing/upstream.ts';

/** A request as it goes to an upstream: written by us from the parsed head, nothing of it passed through unseen. */
export type OutgoingRequest = {
  readonly method: string;
  readonly target: string;
  /** Names in lower case. */
  readonly headers: OutgoingHttpHeaders;
  readonly clientSocket: Socket;
};

export type SendOptions = {
  readonly upstream: Upstream;
  readonly agent: Agent;
  readonly onError: (error: NodeJS.ErrnoException) => void;
  /** Given the request once it is made: who writes its body, and listens for what comes back. */
  readonly onRequest: (request: ClientRequest) => void;
};

/** The package `http-proxy`, without its hole. */
export type HardenedPackage = { send(request: OutgoingRequest, options: SendOptions): void };

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
 * the pass is taken out. The package is given a request of ours instead of the client's, because it copies every
 * header, hop-by-hop ones too, and because it would merge slashes and read backslashes as slashes in the path. It
 * neither relays the response nor watches the client: an upstream request of a client that left would run on.
 */
export const createHardenedPackage = (): HardenedPackage => {
  const proxy = load().createProxyServer({
    prependPath: false,
    toProxy: true,
    selfHandleResponse: true,
  }) as Passes;
  proxy.webPasses = proxy.webPasses.filter((pass) => pass.name !== 'deleteLength');
  return {
    send({ method, target, headers, clientSocket }, { upstream, agent, onError, onRequest }) {
      const request = { method, url: '/', headers, socket: clientSocket, on: () => undefined };
      const buffer = {
        pipe: (clientRequest: ClientRequest) => {
          clientRequest.path = target;
          onRequest(clientRequest);
        },
      };
      const { hostname, port } = upstream;
      proxy.web(
        request as unknown as IncomingMessage,
        { finished: true } as unknown as ServerResponse,
        {
          target: { protocol: 'http:', hostname, port },
          agent,
          buffer,
        } as unknown as HttpProxy.ServerOptions,
        onError,
      );
    },
  };
};
