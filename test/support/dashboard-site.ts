import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { staticServerSettings } from '@tripod/static-server/config';
import { pageContentTypes } from './page-content-types.ts';

const app = join(import.meta.dirname, '../../apps/dashboard');

export type ScriptedAnswer = { readonly status: number; readonly body: unknown };

export type DashboardSite = {
  readonly url: string;
  /** Answers a request below /api/; `path` has neither prefix nor query. */
  answer: (path: string, query: URLSearchParams) => ScriptedAnswer;
  stop(): Promise<void>;
};

const sendFile = (response: ServerResponse, dir: string, path: string): void => {
  try {
    const body = readFileSync(join(dir, path === '/' ? 'index.html' : path));
    response.writeHead(200, {
      'Content-Type': pageContentTypes[extname(path === '/' ? 'index.html' : path)] ?? 'text/plain',
      'Content-Security-Policy': staticServerSettings.csp.default,
    });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
};

/** Builds the dashboard and serves it on a free loopback port, beside an API that a test scripts. */
export const startDashboardSite = async (answer: DashboardSite['answer']): Promise<DashboardSite> => {
  const dir = mkdtempSync(join(tmpdir(), 'dashboard-'));
  const vite = join(app, 'node_modules/vite/bin/vite.js');
  const flags = ['build', '--outDir', dir, '--emptyOutDir', '--logLevel', 'error'];
  execFileSync(process.execPath, [vite, ...flags], { cwd: app, stdio: ['ignore', 'ignore', 'inherit'] });
  const site: { answer: DashboardSite['answer'] } = { answer };
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://site.invalid');
    if (!pathname.startsWith('/api/')) {
      sendFile(response, dir, pathname);
      return;
    }
    const { status, body } = site.answer(pathname.slice('/api/'.length), searchParams);
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return Object.assign(site, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
      rmSync(dir, { recursive: true, force: true });
    },
  });
};
