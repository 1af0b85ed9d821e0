import { type IncomingMessage, type RequestListener, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { connectionTokens } from '../hop-by-hop.ts';
import { hasEmptyBody } from './admission.ts';

/**
 * Whether an upgrade is possible: HTTP/1.1, both headers, no body, and no `Connection: close`. Otherwise the request is
 * an ordinary one (RFC 9110 7.8: a server may ignore an upgrade).
 */
const canBeUpgraded = (request: IncomingMessage): boolean => {
  const { upgrade, connection } = request.headers;
  if (upgrade === undefined || connection === undefined || request.httpVersion !== '1.1') return false;
  return hasEmptyBody(request) && !connectionTokens([connection]).has('close');
};

/** Whether node:http has released the connection of this request for an upgrade. */
export const isUpgrade = (request: IncomingMessage & { readonly upgrade?: boolean | null }): boolean =>
  request.upgrade === true;

/** Whether the connection can carry no further request: the parser stops after an upgrade that is ignored. */
export const isIgnoredUpgrade = (request: IncomingMessage): boolean => {
  const { upgrade, connection } = request.headers;
  if (upgrade === undefined || connection === undefined || isUpgrade(request)) return false;
  return connectionTokens([connection]).has('upgrade');
};

type UpgradingServer = Server & { shouldUpgradeCallback: (request: IncomingMessage) => boolean };

export type AcceptUpgradesOptions = {
  readonly handle: RequestListener;
  /** Whether this connection closes after the current response. */
  readonly isClosing: (socket: Socket) => boolean;
};

/**
 * Passes upgrade requests to the handler with a response created here, because node:http releases their socket. After
 * an ordinary response the socket is returned to node:http and continues with HTTP.
 */
export const acceptUpgrades = (server: Server, { handle, isClosing }: AcceptUpgradesOptions): void => {
  const serveAgain = server.listeners('connection') as ((socket: Socket) => void)[];
  // The connection cannot be taken over while an earlier response is being written.
  (server as UpgradingServer).shouldUpgradeCallback = (request) =>
    canBeUpgraded(request) && !(request.socket as Socket & { _httpMessage?: unknown })._httpMessage;
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const fail = (): void => void socket.destroy();
    socket.on('error', fail);
    const response = new ServerResponse(request);
    const drained = (): void => void response.emit('drain');
    response.assignSocket(socket);
    socket.on('drain', drained);
    if (head.length > 0) socket.unshift(head);
    // A socket that is not read does not notice a reset by its client.
    else socket.read(0);
    response.once('finish', () => {
      response.detachSocket(socket);
      // As node:http does for the responses that it creates.
      response.emit('close');
      if (isClosing(socket)) {
        socket.destroySoon();
        return;
      }
      socket.removeListener('error', fail);
      socket.removeListener('drain', drained);
      for (const serve of serveAgain) serve.call(server, socket);
    });
    handle(request, response);
  });
};
