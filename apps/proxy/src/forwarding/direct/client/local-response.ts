import { STATUS_CODES } from 'node:http';
import { MessageError } from '@tripod/http-wire/message-error';
import { AppError } from '@tripod/shared/errors/app-error';
import { httpErrors } from '@tripod/shared/http/http-errors';
import { renderProblem } from '@tripod/shared/http/problem';
import type { Routing } from '../../../routing/route-table.ts';
import type { Exchange } from '../../exchange.ts';
import { keepsConnection } from '../../keeps-connection.ts';
import type { RequestHead } from '../wire/request-head.ts';
import type { ClientSocket } from './client-socket.ts';
import type { ExchangeParts } from './exchange-client.ts';

type LocalResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** The request that is responded to; `head` is undefined if no valid head was read. */
export type LocalRequest = {
  readonly exchange: Exchange;
  readonly head: RequestHead | undefined;
  /** The whole request has been received. */
  readonly isWhole: boolean;
};

/** Converts an error of a request's head or body into the one that the client gets. Rethrows programming errors. */
export const toAppError = (error: unknown): AppError => {
  if (error instanceof AppError) return error;
  if (error instanceof MessageError)
    return new AppError(error.definition ?? httpErrors.REQUEST_INVALID, { detail: error.message });
  throw error;
};

const responseOf = (
  routing: Exclude<Routing, { readonly kind: 'forward' }>,
  requestId: string,
): LocalResponse =>
  routing.kind === 'redirect'
    ? {
        status: routing.status,
        headers: { Location: routing.location, 'Content-Length': '0', 'X-Request-Id': requestId },
        body: '',
      }
    : { status: 204, headers: { Allow: routing.allow, 'X-Request-Id': requestId }, body: '' };

/** Writes the responses that the proxy makes itself, and finishes their exchanges. */
export class LocalResponder {
  readonly #socket: ClientSocket;
  readonly #parts: Pick<ExchangeParts, 'dateLine' | 'isDraining'>;

  constructor(socket: ClientSocket, parts: Pick<ExchangeParts, 'dateLine' | 'isDraining'>) {
    this.#socket = socket;
    this.#parts = parts;
  }

  /** Sends the response to a request that failed. Returns whether the connection must be closed after it. */
  sendError(error: AppError, request: LocalRequest): boolean {
    const { exchange, head, isWhole } = request;
    exchange.code = error.code;
    const { status, headers, body } = renderProblem(error, {
      requestId: exchange.request.requestId,
      accept: head?.accept,
    });
    // Where the end of the request is in doubt, nothing after it may be read as another request.
    const isDoubtful = !isWhole || !keepsConnection(error);
    return this.#send({ status, headers, body: head?.method === 'HEAD' ? '' : body }, request, isDoubtful);
  }

  /** Sends a redirect or the response to `OPTIONS *`. Returns whether the connection must be closed after it. */
  sendRouting(routing: Exclude<Routing, { readonly kind: 'forward' }>, request: LocalRequest): boolean {
    const response = responseOf(routing, request.exchange.request.requestId);
    return this.#send(response, request, !request.isWhole);
  }

  #send(
    { status, headers, body }: LocalResponse,
    { exchange, head }: LocalRequest,
    isLast: boolean,
  ): boolean {
    const close = isLast || !head?.keepAlive || this.#parts.isDraining();
    let lines = this.#parts.dateLine();
    for (const name in headers) lines += `${name}: ${headers[name]}\r\n`;
    if (close) lines += 'Connection: close\r\n';
    else if (head?.minor === 0) lines += 'Connection: keep-alive\r\n';
    const text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines}\r\n${body}`;
    this.#socket.write(Buffer.from(text, 'utf8'));
    exchange.bytes = Buffer.byteLength(body);
    exchange.finish(status);
    return close;
  }
}
