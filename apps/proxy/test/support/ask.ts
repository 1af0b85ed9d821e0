import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';

export type Question = {
  readonly port: number;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: OutgoingHttpHeaders;
  /** A list is sent in chunks. */
  readonly body?: string | Buffer | readonly (string | Buffer)[];
  /** Default: a connection for this request alone. */
  readonly agent?: Agent;
};

export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly text: string;
};

/** Sends one request with node:http. Rejects when the response breaks off. */
export const ask = ({
  port,
  method = 'GET',
  path = '/',
  headers = {},
  body,
  agent,
}: Question): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const framing: OutgoingHttpHeaders = Array.isArray(body)
      ? { 'Transfer-Encoding': 'chunked' }
      : body === undefined
        ? {}
        : { 'Content-Length': Buffer.byteLength(body as string | Buffer) };
    const asked = request({
      host: '127.0.0.1',
      port,
      method,
      path,
      headers: { Host: 'here', ...framing, ...headers },
      agent: agent ?? new Agent({ keepAlive: false }),
    });
    asked.once('response', (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.once('error', reject);
      response.once('end', () => {
        const whole = Buffer.concat(pieces);
        const { statusCode: status = 0, headers: all, rawHeaders } = response;
        resolve({ status, headers: all, rawHeaders, body: whole, text: whole.toString('latin1') });
      });
    });
    asked.once('error', reject);
    const pieces = Array.isArray(body) ? body : body === undefined ? [] : [body];
    for (const piece of pieces) asked.write(piece);
    asked.end();
  });

/** Parses the body of a response, such as a problem. */
export const json = ({ text }: Answer): Record<string, unknown> =>
  JSON.parse(text) as Record<string, unknown>;

/** Bytes that differ by position, so that lost and repeated bytes are noticed. */
export const someBytes = (length: number): Buffer => {
  const bytes = Buffer.alloc(length);
  for (let index = 0; index < length; index += 1) bytes[index] = (index * 31 + (index >> 8)) & 0xff;
  return bytes;
};
