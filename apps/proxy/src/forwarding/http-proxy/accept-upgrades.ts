import { type IncomingMessage, type RequestListener, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { connectionTokens } from '../hop-by-hop.ts';
import { hasEmptyBody } from './admission.ts';

/**
 * Whether a request asks for another protocol in a way that can be granted: HTTP/1.1, both headers, no body, and a
 * connection that is to go on. Otherwise it is an ordinary request (RFC 9110 7.8: an upgrade may be ignored).
 */
const canBeUpgraded = (request: IncomingMessage): boolean => {
  const { upgrade, connection } = request.headers;
  if (upgrade === undefined || connection === undefined || request.httpVersion !== '1.1') return false;
  return hasEmptyBody(request) && !connectionTokens([connection]).has('close');
};

/** Whether node:http has handed this request's connection over for an upgrade. */
export const isUpgrade = (request: IncomingMessage & { readonly upgrade?: boolean | null }): boolean =>
  request.upgrade === true;

/** Whether its connection can carry no further request: the parser stops behind an upgrade that is not carried out. */
export const isIgnoredUpgrade = (request: IncomingMessage): boolean => {
  const { upgrade, connection } = request.headers;
  if (upgrade === undefined || connection === undefined || isUpgrade(request)) return false;
  return connectionTokens([connection]).has('upgrade');
};

type UpgradingServer = Server & { shouldUpgradeCallback: (request: IncomingMessage) => boolean };

export type AcceptUpgradesOptions = {
  readonly handle: RequestListener;
  /** Whether this connection ends with the answer that is on its way. */
  readonly isClosing: (socket: Socket) => boolean;
};

/**
 * Gives requests for an upgrade to the handler with a response of ours: node:http lets go of their socket. When the answer
 * is an ordinary one, the socket is given back and goes on with HTTP.
 */
export const acceptUpgrades = (server: Server, { handle, isClosing }: AcceptUpgradesOptions): void => {
  const serveAgain = server.listeners('connection') as ((socket: Socket) => void)[];
  // Behind an answer that is not out yet, the connection can't be taken over.
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
    // Unread, a socket would not notice that its client resets it.
    else socket.read(0);
    response.once('finish', () => {
      response.detachSocket(socket);
      // As node:http does for responses of its own making.
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
