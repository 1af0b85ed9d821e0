import { STATUS_CODES } from 'node:http';
import { AppError } from '@tripod/shared/errors/app-error';
import { renderProblem } from '@tripod/shared/http/problem';
import type { Routing } from '../../routing/route-table.ts';
import { MessageError } from './message-error.ts';
import type { RequestHead } from './request-head.ts';

/** An answer that no upstream gives. */
export type OwnAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** What a refused head or body means for the client. Throws what is a fault of ours. */
export const toRefusal = (error: unknown): AppError => {
  if (error instanceof AppError) return error;
  if (error instanceof MessageError) return new AppError(error.definition, { detail: error.message });
  throw error;
};

/** The answer to a refused request; `head` is undefined when none could be read. */
export const refusalOf = (error: AppError, requestId: string, head: RequestHead | undefined): OwnAnswer => {
  const { status, headers, body } = renderProblem(error, { requestId, accept: head?.accept });
  return { status, headers, body: head?.method === 'HEAD' ? '' : body };
};

/** The answer to a request that goes nowhere and is none the worse for it. */
export const routingAnswer = (
  routing: Exclude<Routing, { readonly kind: 'forward' }>,
  requestId: string,
): OwnAnswer =>
  routing.kind === 'redirect'
    ? {
        status: 308,
        headers: { Location: routing.location, 'Content-Length': '0', 'X-Request-Id': requestId },
        body: '',
      }
    : { status: 204, headers: { Allow: routing.allow, 'X-Request-Id': requestId }, body: '' };

/** The text of an answer, to be written as UTF-8. `minor` is the client's version of HTTP/1. */
export const formatAnswer = (
  { status, headers, body }: OwnAnswer,
  dateLine: string,
  close: boolean,
  minor: number,
): string => {
  let lines = dateLine;
  for (const name in headers) lines += `${name}: ${headers[name]}\r\n`;
  if (close) lines += 'Connection: close\r\n';
  else if (minor === 0) lines += 'Connection: keep-alive\r\n';
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines}\r\n${body}`;
};
