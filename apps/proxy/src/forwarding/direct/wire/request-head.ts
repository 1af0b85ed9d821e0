import { checkCharacters, parseLength, visitHeaders } from '@tripod/http-wire/header-lines';
import { MessageError, malformed } from '@tripod/http-wire/message-error';
import type { RequestHeaders } from '../../../balancing/selection-policy.ts';
import { addClaim, type ForwardedClaims, isForwardedName, noClaims } from '../../forwarded-headers.ts';
import { forwardingErrors } from '../../forwarding-errors.ts';
import { connectionTokens, endsHere } from '../../hop-by-hop.ts';
import { isOwnHeader } from '../../own-headers.ts';
import { createTextHeaders } from '../../request-headers.ts';

/** The longest request target, in characters. */
export const maxTargetLength = 8192;

/** A parsed request head. It depends on the text alone, so it may be cached and shared. */
export type RequestHead = {
  readonly method: string;
  readonly target: string;
  /** 0 or 1: the minor version of HTTP/1. */
  readonly minor: number;
  readonly authority: string | undefined;
  /** Bytes of the body: 0 without a body, -1 for a chunked one. */
  readonly bodyLength: number;
  readonly keepAlive: boolean;
  readonly expectsContinue: boolean;
  /** The protocol that a valid upgrade request asks for. */
  readonly upgrade: string | undefined;
  readonly requestId: string | undefined;
  readonly userAgent: string | undefined;
  readonly referer: string | undefined;
  readonly accept: string | undefined;
  /** The request has `X-Trace: 1`. */
  readonly wantsTrace: boolean;
  /** The client's own forwarded headers; used only for trusted proxies. */
  readonly claims: ForwardedClaims;
  /** All Via lines, joined. */
  readonly via: string | undefined;
  /** The header lines to forward: without hop-by-hop headers and those that the proxy writes itself. */
  readonly lines: string;
  /** The same lines, searchable by name. */
  readonly headers: RequestHeaders;
  /** The head has credentials and must not be cached. */
  readonly isSecret: boolean;
};

const requestLine = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]{1,32}) ([\x21-\x7e\x80-\xff]+) HTTP\/1\.([01])$/;

/** The head while its lines are visited. */
type PartialHead = {
  -readonly [K in keyof RequestHead]?: RequestHead[K];
} & {
  kept: string[];
  connection: string[];
  hosts: number;
  length: number;
  coding: string | undefined;
  expect?: string;
};

const bodyLengthOf = ({ length, coding }: PartialHead, minor: number): number => {
  if (coding === undefined) return Math.max(length, 0);
  if (minor === 0) throw malformed('request', 'Transfer-Encoding is not allowed in HTTP/1.0.');
  if (length !== -1) throw malformed('request', 'The request has both Content-Length and Transfer-Encoding.');
  if (coding.toLowerCase() !== 'chunked') {
    throw new MessageError(
      forwardingErrors.PROXY_CODING_UNSUPPORTED,
      'Transfer-Encoding is not exactly "chunked".',
    );
  }
  return -1;
};

const addHeader = (found: PartialHead, name: string, value: string, line: string): void => {
  switch (name) {
    case 'host':
      found.hosts += 1;
      found.authority = value;
      return;
    case 'content-length':
      if (found.length !== -1)
        throw malformed('request', 'The request has more than one Content-Length line.');
      found.length = parseLength(value, 'request');
      return;
    case 'transfer-encoding':
      if (found.coding !== undefined)
        throw malformed('request', 'The request has more than one Transfer-Encoding line.');
      found.coding = value;
      return;
    case 'connection':
      found.connection.push(value);
      return;
    case 'upgrade':
      found.upgrade = value;
      return;
    case 'expect':
      found.expect = value.toLowerCase();
      return;
    case 'x-request-id':
      found.requestId = value;
      return;
    case 'via':
      found.via = found.via === undefined ? value : `${found.via}, ${value}`;
      break;
    case 'user-agent':
      found.userAgent = value;
      break;
    case 'referer':
      found.referer = value;
      break;
    case 'accept':
      found.accept = value;
      break;
    case 'x-trace':
      found.wantsTrace = value === '1';
      break;
    case 'authorization':
    case 'cookie':
      found.isSecret = true;
      break;
  }
  if (isForwardedName(name)) found.claims = addClaim(found.claims ?? noClaims, name, value);
  else if (!isOwnHeader(name)) found.kept.push(name, line);
};

/**
 * Parses the latin1 text of one request head, including its final CRLFCRLF. Throws a MessageError for everything that
 * another server could read differently, instead of repairing it (RFC 9112 11.2).
 */
export const parseRequestHead = (text: string): RequestHead => {
  checkCharacters(text, 'request');
  const lineEnd = text.indexOf('\r\n');
  const first = requestLine.exec(text.slice(0, lineEnd));
  if (!first) throw malformed('request', 'The request line is malformed.');
  const [, method = '', target = '', version] = first;
  if (target.length > maxTargetLength)
    throw new MessageError(
      forwardingErrors.PROXY_URL_TOO_LONG,
      `The URL has more than ${maxTargetLength} characters.`,
    );
  const minor = version === '1' ? 1 : 0;
  const found: PartialHead = { kept: [], connection: [], hosts: 0, length: -1, coding: undefined };
  visitHeaders(text, lineEnd + 2, 'request', (name, value, line) => addHeader(found, name, value, line));
  if (found.hosts > 1 || (found.hosts === 0 && minor === 1)) {
    throw malformed('request', 'The request does not have exactly one Host header.');
  }
  // HTTP/1.0 does not define Expect; a server ignores it there (RFC 9110 10.1.1).
  const expect = minor === 1 ? found.expect : undefined;
  if (expect !== undefined && expect !== '100-continue') {
    throw new MessageError(forwardingErrors.PROXY_EXPECTATION_FAILED, 'Expect is not 100-continue.');
  }
  const bodyLength = bodyLengthOf(found, minor);
  const named = connectionTokens(found.connection);
  let lines = '';
  for (let index = 0; index < found.kept.length; index += 2) {
    if (!endsHere(found.kept[index] ?? '', named)) lines += found.kept[index + 1];
  }
  return {
    method,
    target,
    minor,
    authority: found.authority,
    bodyLength,
    keepAlive: !named.has('close') && (minor === 1 || named.has('keep-alive')),
    expectsContinue: expect !== undefined,
    upgrade: named.has('upgrade') && minor === 1 ? found.upgrade : undefined,
    requestId: found.requestId,
    userAgent: found.userAgent,
    referer: found.referer,
    accept: found.accept,
    wantsTrace: found.wantsTrace ?? false,
    claims: found.claims ?? noClaims,
    via: found.via,
    lines,
    headers: createTextHeaders(lines),
    isSecret: found.isSecret ?? false,
  };
};
