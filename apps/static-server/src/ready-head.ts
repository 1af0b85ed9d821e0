import type { ServerResponse } from 'node:http';

/** A head as node:http made it, without the two parts that differ each time: the request's id and the line of the date. */
type Pieces = readonly [toId: string, toDate: string, rest: string];

/** The headers of an answer, ready to be sent any number of times. */
export type ReadyHead = {
  /** Names and values in turn. The value after the first name, `X-Request-Id`, is the place for each request's own. */
  readonly headers: string[];
  /** What node made of them the first time. */
  pieces: Pieces | undefined;
};

/** A head of these headers, with the place for the id in front of them. */
export const createReadyHead = (headers: readonly string[]): ReadyHead => ({
  headers: ['X-Request-Id', '', ...headers],
  pieces: undefined,
});

/** The headers of the answer to one request: until those of the next one are asked for. */
export const headersFor = ({ headers }: ReadyHead, requestId: string): string[] => {
  headers[1] = requestId;
  return headers;
};

/** What node:http keeps of a response besides its public face: the text of its head, null until it is made. */
type NodeResponse = ServerResponse & {
  _header?: string | null;
  readonly maxRequestsOnConnectionReached?: boolean;
};

/** Whether node would make the same head for it as for others: of HTTP/1.1, and not with `Connection: close`. */
const isLikeOthers = (response: NodeResponse): boolean =>
  response.req.httpVersionMinor === 1 &&
  response.shouldKeepAlive &&
  response.maxRequestsOnConnectionReached === false &&
  response._header === null &&
  !response.hasHeader('Connection');

const partsPattern = /^(HTTP\/1\.1 [^\r]+\r\nX-Request-Id: )[^\r]+(\r\n.*?\r\n)Date: [^\r]+\r\n(.*)$/s;

const takeApart = (head: string): Pieces | undefined => {
  const [, toId, toDate, rest] = partsPattern.exec(head) ?? [];
  return toId !== undefined && toDate !== undefined && rest !== undefined ? [toId, toDate, rest] : undefined;
};

/**
 * Makes the writer of ready heads, for responses to which nothing else adds headers. Node checks every header of every
 * response anew, for which a profile shows 7 % of a small answer; so the head that it made of the same headers is
 * used again, with another id and date. When node no longer keeps a head where it does today, or the connection is to
 * end, node makes it.
 */
export const createHeadWriter =
  (dateLine: () => string) =>
  (response: NodeResponse, status: number, ready: ReadyHead, requestId: string): void => {
    const likeOthers = isLikeOthers(response);
    const { pieces } = ready;
    if (likeOthers && pieces !== undefined) {
      const [toId, toDate, rest] = pieces;
      response.statusCode = status;
      response._header = `${toId}${requestId}${toDate}${dateLine()}${rest}`;
      return;
    }
    response.writeHead(status, headersFor(ready, requestId));
    if (likeOthers) ready.pieces = takeApart(response._header ?? '');
  };
