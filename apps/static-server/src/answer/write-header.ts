import type { ServerResponse } from 'node:http';
import type { PrebuiltHeader, Representation } from '../headers/representation.ts';
import type { Answer } from './choose-answer.ts';

/** The prebuilt header of an answer, without the fields of a partial response. */
export const headerOf = ({ status, representation }: Answer<Representation>): PrebuiltHeader =>
  status === 304 ? representation.notModifiedHeader : representation.okHeader;

/** The fields with this request's id. The array is shared: it is valid until the next call for the same header. */
const fieldsFor = ({ fields }: PrebuiltHeader, requestId: string): string[] => {
  fields[1] = requestId;
  return fields;
};

const withVaryAccept = (fields: string[]): string[] => {
  const vary = fields.lastIndexOf('Vary');
  return vary === -1 ? [...fields, 'Vary', 'Accept'] : fields.with(vary + 1, 'Accept, Accept-Encoding');
};

/** Writes the header of an answer through node:http. `variesByAccept` adds Accept to Vary. */
export const writeAnswerHeader = (
  response: ServerResponse,
  requestId: string,
  answer: Answer<Representation>,
  variesByAccept = false,
): void => {
  const { status, representation, range } = answer;
  let fields = fieldsFor(headerOf(answer), requestId);
  if (variesByAccept) fields = withVaryAccept(fields);
  if (range) {
    const { first, last } = range;
    const contentRange = `bytes ${first}-${last}/${representation.size}`;
    const partial = ['Content-Range', contentRange, 'Content-Length', `${last + 1 - first}`];
    fields = fields.toSpliced(fields.lastIndexOf('Content-Length'), 2, ...partial);
  }
  response.writeHead(status, fields);
};

/** A response with what node:http keeps internally: its rendered header, null until it is rendered. */
type NodeResponse = ServerResponse & {
  _header?: string | null;
  readonly maxRequestsOnConnectionReached?: boolean;
};

/** Whether node would render the usual header: for HTTP/1.1, on a connection that stays open. */
const hasUsualHeader = (response: NodeResponse): boolean =>
  response.req.httpVersionMinor === 1 &&
  response.shouldKeepAlive &&
  response.maxRequestsOnConnectionReached === false &&
  response._header === null &&
  !response.hasHeader('Connection');

const headerPattern = /^(HTTP\/1\.1 [^\r]+\r\nX-Request-Id: )[^\r]+(\r\n.*?\r\n)Date: [^\r]+\r\n(.*)$/s;

const splitHeader = (header: string): PrebuiltHeader['rendered'] => {
  const [, beforeId, beforeDate, rest] = headerPattern.exec(header) ?? [];
  return beforeId !== undefined && beforeDate !== undefined && rest !== undefined
    ? [beforeId, beforeDate, rest]
    : undefined;
};

/**
 * Creates the fast writer of prebuilt headers, for responses without other header fields. node:http validates each
 * field of each response, which takes 7 % of the time of a small response in a profile; so this keeps what node
 * rendered the first time, and replaces the request id and the date. When node no longer keeps its header in
 * `_header`, or the connection is to close, node renders it as usual.
 */
export const createHeaderWriter =
  (dateLine: () => string) =>
  (response: NodeResponse, status: number, header: PrebuiltHeader, requestId: string): void => {
    const isUsual = hasUsualHeader(response);
    const { rendered } = header;
    if (isUsual && rendered !== undefined) {
      const [beforeId, beforeDate, rest] = rendered;
      response.statusCode = status;
      response._header = `${beforeId}${requestId}${beforeDate}${dateLine()}${rest}`;
      return;
    }
    response.writeHead(status, fieldsFor(header, requestId));
    if (isUsual) header.rendered = splitHeader(response._header ?? '');
  };
