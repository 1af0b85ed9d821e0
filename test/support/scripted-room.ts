import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { pageContentTypes } from './page-content-types.ts';

const page = join(import.meta.dirname, '../../apps/control-room/web');
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'";

export type ScriptedAction = {
  readonly action: string;
  readonly service: string;
  readonly [field: string]: unknown;
};

/** What a JSON path answers; `undefined` is a 404. */
export type ScriptedAnswer = { readonly status: number; readonly body: unknown } | undefined;

export type ScriptedRoom = {
  readonly url: string;
  readonly actions: readonly ScriptedAction[];
  /** The first message that each new connection gets. */
  snapshot: unknown;
  /** Answers the paths that are no file of the page. Actions without an answer are accepted. */
  answer: (path: string, action: ScriptedAction | undefined) => ScriptedAnswer;
  /** Sends a message to all pages. */
  send(name: string, data: unknown): void;
  /** Ends all event streams. */
  cut(): void;
  stop(): Promise<void>;
};

const readBody = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const piece of request.setEncoding('utf8')) text += piece;
  return text;
};

const sendJson = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
};

const sendFile = (response: ServerResponse, dir: string, path: string): void => {
  const name = path === '/' ? 'index.html' : path;
  try {
    const body = readFileSync(join(dir, name));
    response.writeHead(200, {
      'Content-Type': pageContentTypes[extname(name)] ?? 'text/plain',
      'Content-Security-Policy': policy,
    });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
};

/** Builds the page of the control room and serves it on a free loopback port, with an event stream that a test writes. */
export const startScriptedRoom = async (): Promise<ScriptedRoom> => {
  const dir = mkdtempSync(join(tmpdir(), 'control-room-'));
  const vite = join(page, 'node_modules/vite/bin/vite.js');
  const flags = ['build', '--outDir', dir, '--emptyOutDir', '--logLevel', 'error'];
  execFileSync(process.execPath, [vite, ...flags], { cwd: page, stdio: ['ignore', 'ignore', 'inherit'] });
  const streams = new Set<ServerResponse>();
  const actions: ScriptedAction[] = [];
  const frame = (name: string, data: unknown): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? '/', 'http://room.invalid');
    if (pathname === '/events' && !room.answer(pathname, undefined)) {
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
      response.write(frame('snapshot', room.snapshot));
      streams.add(response);
      response.on('close', () => streams.delete(response));
      return;
    }
    const body = request.method === 'POST' ? await readBody(request) : '';
    const action = body === '' ? undefined : (JSON.parse(body) as ScriptedAction);
    if (action) actions.push(action);
    const answered = room.answer(pathname, action);
    if (answered) sendJson(response, answered.status, answered.body);
    else if (pathname === '/actions') sendJson(response, 202, { id: String(actions.length) });
    else sendFile(response, dir, pathname);
  };
  const server = createServer((request, response) => void respond(request, response));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const cut = (): void => {
    for (const stream of streams) stream.destroy();
  };
  const room: ScriptedRoom = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    actions,
    snapshot: undefined,
    answer: () => undefined,
    send: (name, data) => {
      for (const stream of streams) stream.write(frame(name, data));
    },
    cut,
    stop: async () => {
      cut();
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
      rmSync(dir, { recursive: true, force: true });
    },
  };
  return room;
};
