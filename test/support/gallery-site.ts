import { readFile } from 'node:fs/promises';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { staticServerSettings } from '@tripod/static-server/config';
import { pageContentTypes } from './page-content-types.ts';

export type Picture = { title: string; alt_text: string; url: string };

/** A response that replaces the one of the scripted API. */
export type Answer = { status: number; body: unknown; headers?: Record<string, string> };

type Outcome = Answer | 'hang up' | undefined;

export type ScriptedApi = {
  pictures: Picture[];
  /** Called for each request. Undefined keeps the default response; 'hang up' closes the connection. */
  answer: (method: string, search: URLSearchParams) => Outcome | Promise<Outcome>;
  /** Every request so far, as `GET ?limit=60`. */
  requests: string[];
};

export type GallerySite = {
  origin: string;
  sitePort: number;
  apiPort: number;
  api: ScriptedApi;
  stop: () => Promise<void>;
};

const assets = join(import.meta.dirname, '../../assets');

/** Options of the site under test. */
const csp = staticServerSettings.csp.default;

const sendFile = async (path: string, res: ServerResponse): Promise<void> => {
  const name = normalize(path === '/' ? '/index.html' : path);
  try {
    const body = await readFile(join(assets, name));
    res.writeHead(200, {
      'content-type': pageContentTypes[extname(name)] ?? 'application/octet-stream',
      'content-security-policy': csp,
      'x-content-type-options': 'nosniff',
    });
    res.end(body);
  } catch {
    const body = await readFile(join(assets, '404.html'));
    res.writeHead(404, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': csp });
    res.end(body);
  }
};

const readBody = async (req: IncomingMessage): Promise<string> => {
  let body = '';
  for await (const chunk of req.setEncoding('utf8')) body += String(chunk);
  return body;
};

/**
 * Returns one page with the Link header of the real API: relative to images.json, with an opaque cursor. It begins behind
 * `after` or at `position`.
 */
const listPage = (pictures: readonly Picture[], search: URLSearchParams): Answer => {
  const limit = Number(search.get('limit') ?? pictures.length);
  const from = Number(search.get('after') ?? Number(search.get('position') ?? 1) - 1);
  const to = from + limit;
  const link = `<images.json?limit=${limit}&after=${to}>; rel="next"`;
  return {
    status: 200,
    body: pictures.slice(from, to),
    headers: { 'x-served-by': 'api-2', ...(to < pictures.length ? { link } : {}) },
  };
};

const cors = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'Content-Type',
  'access-control-expose-headers': 'Link, X-Served-By, X-Request-Id',
};

const answerApi = async (api: ScriptedApi, req: IncomingMessage, res: ServerResponse): Promise<void> => {
  const method = req.method ?? 'GET';
  const { search, searchParams } = new URL(req.url ?? '/', 'http://gallery.test');
  api.requests.push(`${method} ${search}`);
  if (method === 'OPTIONS') {
    res.writeHead(204, cors).end();
    return;
  }
  const body = await readBody(req);
  const scripted = await api.answer(method, searchParams);
  if (scripted === 'hang up') {
    req.socket.destroy();
    return;
  }
  let answer = scripted;
  if (!answer && method === 'POST') {
    const picture = JSON.parse(body) as Picture;
    api.pictures.push(picture);
    answer = { status: 200, body: picture };
  }
  answer ??= listPage(api.pictures, searchParams);
  const type = answer.status < 400 ? 'application/json' : 'application/problem+json';
  res.writeHead(answer.status, { 'content-type': type, ...cors, ...answer.headers });
  res.end(JSON.stringify(answer.body));
};

const listen = (listener: RequestListener): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer(listener);
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

/** Serves the page by the static server, with a scripted API under /api/ or, across origins, on another port. */
export const startGallerySite = async (): Promise<GallerySite> => {
  const api: ScriptedApi = { pictures: [], answer: () => undefined, requests: [] };
  const apiServer = await listen((req, res) => void answerApi(api, req, res));
  const site = await listen((req, res) => {
    const { pathname } = new URL(req.url ?? '/', 'http://gallery.test');
    void (pathname === '/api/images.json' ? answerApi(api, req, res) : sendFile(pathname, res));
  });
  return {
    origin: `http://127.0.0.1:${portOf(site)}`,
    sitePort: portOf(site),
    apiPort: portOf(apiServer),
    api,
    stop: async () => {
      await Promise.all([close(site), close(apiServer)]);
    },
  };
};
