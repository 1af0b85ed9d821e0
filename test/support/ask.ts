import { type IncomingHttpHeaders, request } from 'node:http';

export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

export type Question = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** Sends one request on a new connection, with its path unchanged. Rejects when the response is truncated. */
export const ask = (base: string, path: string, question: Question = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(base);
    const { method = 'GET', headers = {}, body } = question;
    const outgoing = request({ host: hostname, port, path, method, headers, agent: false }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () => {
        const whole = Buffer.concat(pieces).toString('latin1');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: whole });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
