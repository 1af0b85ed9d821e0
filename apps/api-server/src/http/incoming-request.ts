import type { IncomingMessage } from 'node:http';
import { isLoopbackAddress } from '@tripod/shared/http/loopback-address';
import type { OperationRequest } from '../resource/operation.ts';

/** Decodes a cookie value; one that is not valid percent-encoding stays as it is. */
const decodeCookie = (value: string): string => {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
};

/** The cookies of a Cookie header. Of two with one name the first is the more specific (RFC 6265 5.4). */
export const parseCookies = (header = ''): Readonly<Record<string, string>> => {
  // Without a prototype, so that no name is there before it was sent.
  const cookies = Object.create(null) as Record<string, string>;
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=');
    if (at !== -1) cookies[pair.slice(0, at).trim()] ??= decodeCookie(pair.slice(at + 1).trim());
  }
  return cookies;
};

/** The address of the connection, or the last one in X-Forwarded-For when a load balancer on this machine connects. */
export const clientAddressOf = ({ socket, headers }: IncomingMessage): string => {
  const address = socket.remoteAddress ?? '';
  const forwarded = headers['x-forwarded-for'];
  if (forwarded === undefined || !isLoopbackAddress(address)) return address;
  return String(forwarded).split(',').at(-1)?.trim() || address;
};

/** Wraps a message of node:http. Cookies and the client address are read only when a handler asks for them. */
export class IncomingRequest implements OperationRequest {
  readonly #message: IncomingMessage;
  readonly params: Readonly<Record<string, string>>;
  readonly requestId: string;
  /** Undefined until the pipeline has checked it, as is `body`. */
  query: unknown = undefined;
  body: unknown = undefined;
  indent = 0;

  constructor(message: IncomingMessage, params: Readonly<Record<string, string>>, requestId: string) {
    this.#message = message;
    this.params = params;
    this.requestId = requestId;
  }

  get headers() {
    return this.#message.headers;
  }

  get clientAddress(): string {
    return clientAddressOf(this.#message);
  }

  get cookies(): Readonly<Record<string, string>> {
    return parseCookies(this.#message.headers.cookie);
  }
}
