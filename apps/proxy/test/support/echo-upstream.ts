import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { listen } from '@tripod/shared/os/listen';

export const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

export type NodeUpstream = { readonly url: string; readonly port: number };

const running = new Set<() => Promise<void>>();

/** An upstream on node:http, for tests that need no malformed response. Stopped by `stopNodeUpstreams`. */
export const runNodeUpstream = async (listener: RequestListener): Promise<NodeUpstream> => {
  const server = createServer({ keepAliveTimeout: 65_000 }, listener);
  const { port, url, close } = await listen(server, { host: '127.0.0.1', port: 0 });
  running.add(async () => {
    const closed = close();
    server.closeAllConnections();
    await closed;
  });
  return { port, url };
};

export const stopNodeUpstreams = async (): Promise<void> => {
  const stops = [...running];
  running.clear();
  await Promise.all(stops.map((stop) => stop()));
};

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
};

/** Responds with method, url, headers and the received body as JSON. */
const tell = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const body = await bodyOf(request);
  const { method, url, headers, rawHeaders } = request;
  const told = { method, url, headers, rawHeaders, bytes: body.length, sha: sha(body) };
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(told));
};

export type Told = {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly rawHeaders: readonly string[];
  readonly bytes: number;
  readonly sha: string;
};

export const runEchoUpstream = (): Promise<NodeUpstream> =>
  runNodeUpstream((request, response) => {
    tell(request, response).catch(() => response.destroy());
  });
