import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { listen } from '@tripod/shared/os/listen';
import { freePort } from '@tripod/testing/free-port';
import { findInstalledNginx } from '@tripod/testing/installed-nginx';
import { exchangeRaw, parseRawResponse } from '@tripod/testing/raw-http';
import { waitFor } from '@tripod/testing/wait-for';
import { useTempFolders } from '../support/temp-folder.ts';

const config = join(import.meta.dirname, '../../../../config');
const nobodyUid = 65_534;
const isRoot = process.getuid?.() === 0;
const nginx = findInstalledNginx() ?? '';
const withNginx = nginx ? it : it.skip;
const running: ChildProcess[] = [];
const servers: Server[] = [];

afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGQUIT');
      await once(child, 'exit');
    }
  }
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});
// After the hook above: hooks run in this order, and the folders must outlive what uses them.
const makeFolder = useTempFolders();

const serve = async (name: string): Promise<number> => {
  const server = createServer(async (request, response) => {
    let length = 0;
    for await (const piece of request) length += (piece as Buffer).length;
    const { method, url, headers } = request;
    response.end(JSON.stringify({ name, method, url, headers, length }));
  });
  servers.push(server);
  return (await listen(server, { host: '127.0.0.1', port: 0 })).port;
};

/** A copy of config/ with other ports and other paths in /tmp, so that tests can run at the same time. */
const place = async (): Promise<{
  readonly folder: string;
  readonly port: number;
  readonly temp: string;
}> => {
  const [a, b, c, files] = [await serve('a'), await serve('b'), await serve('c'), await serve('static')];
  const port = await freePort();
  const folder = makeFolder();
  cpSync(config, folder, { recursive: true });
  chmodSync(folder, 0o755);
  const temp = join(makeFolder(), 'tmp');
  const text = readFileSync(join(config, 'nginx.conf'), 'utf8')
    .replace(':8081', `:${a}`)
    .replace(':8083', `:${b}`)
    .replace(':8084', `:${c}`)
    .replace('server 127.0.0.1:8082', `server 127.0.0.1:${files}`)
    .replace('127.0.0.1:8080', `127.0.0.1:${port}`)
    .replace('[::1]:8080', `[::1]:${port}`)
    .replaceAll('/tmp/', `${temp}-`);
  chmodSync(join(temp, '..'), 0o1777);
  writeFileSync(join(folder, 'nginx.conf'), text);
  return { folder, port, temp };
};

type StartedNginx = { output(): string; errors(): string; stop(): Promise<void> };

/** Runs nginx as the first lines of nginx.conf describe, with its output in files. */
const start = async (folder: string, port: number, uid?: number): Promise<StartedNginx> => {
  const log = join(makeFolder(), 'out');
  chmodSync(join(log, '..'), 0o777);
  const child = spawn(
    '/bin/sh',
    ['-c', `exec '${nginx}' -c '${folder}/nginx.conf' > '${log}' 2> '${log}.err'`],
    {
      stdio: 'ignore',
      ...(uid === undefined ? {} : { uid, gid: uid }),
    },
  );
  running.push(child);
  await waitFor('nginx', async () => {
    if (child.exitCode !== null) throw new Error(readFileSync(`${log}.err`, 'utf8'));
    return exchangeRaw({ port, bytes: 'GET /zz HTTP/1.0\r\n\r\n' }).then((answer) =>
      answer.includes('200 OK'),
    );
  });
  return {
    output: () => readFileSync(log, 'utf8'),
    errors: () => readFileSync(`${log}.err`, 'utf8'),
    stop: async () => {
      child.kill('SIGINT');
      await once(child, 'exit');
    },
  };
};
const get = async (port: number, target: string, headers = '') => {
  const bytes = `GET ${target} HTTP/1.1\r\nHost: a.test:1\r\nConnection: close\r\n${headers}\r\n`;
  return parseRawResponse(await exchangeRaw({ port, bytes }));
};
const bodyOf = ({ body }: { readonly body: string }) =>
  JSON.parse(body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1));

describe('config/nginx.conf (skipped where nginx is missing)', () => {
  withNginx(
    'forwards /api/ without its prefix to the three copies in turn, and all other paths to static',
    async () => {
      const { folder, port } = await place();
      await start(folder, port);
      const names = [];
      for (let request = 0; request < 6; request += 1) {
        const { name, url } = bodyOf(await get(port, '/api/images.json?indent=2'));
        expect(url).toBe('/images.json?indent=2');
        names.push(name);
      }
      expect(names.toSorted()).toEqual(['a', 'a', 'b', 'b', 'c', 'c']);
      expect(bodyOf(await get(port, '/style.css'))).toMatchObject({ name: 'static', url: '/style.css' });
    },
  );

  withNginx('sets the forwarding headers itself and ignores those of the client', async () => {
    const { folder, port } = await place();
    await start(folder, port);
    const forged =
      'X-Forwarded-For: 6.6.6.6\r\nX_Forwarded_For: 6\r\nForwarded: for=6.6.6.6\r\nX-Forwarded-Host: evil\r\n';
    const response = await get(port, '/api/', `${forged}X-Request-Id: mine-1234\r\n`);
    expect(bodyOf(response).headers).toEqual({
      host: 'a.test:1',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'a.test:1',
      'x-request-id': 'mine-1234',
    });
    expect(response.headers['x-request-id']).toBe('mine-1234');
    const { headers } = await get(port, '/api/', 'X-Request-Id: "><script>\r\n');
    expect(headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/);
  });

  withNginx.each([
    ...['/livez', '/api/livez', '/readyz', '/api/metrics', '/healthz', '//livez', '/api//readyz', '/LiveZ'],
    ...[
      '/%6civez',
      '/api/%72eadyz',
      '/api/./livez',
      '/x/../livez',
      '/api/livez/',
      '/api%2flivez',
      '/livez?x=1',
      '/debug/pprof/profile?seconds=61',
      '/api/debug/pprof/heap?seconds=61',
      '/api//debug/pprof/',
    ],
  ])('answers 404 to the operational path %s', async (target) => {
    const { folder, port } = await place();
    await start(folder, port);
    expect((await get(port, target)).status).toBe(404);
  });

  withNginx.each([
    ['/api/a%2fb', 400],
    ['/api/a%5cb', 400],
    ['/a\\b', 400],
    ['/a/../b', 400],
    ['/a/%2e%2e/b', 400],
    ['//a', 400],
    ['/a%zz', 400],
    ['/a%00', 400],
    ['/api/a%20b', 200],
    ['/a..b/.c?d=../e', 200],
  ])('answers %s with %i, because ambiguous paths are refused', async (target, status) => {
    const { folder, port } = await place();
    await start(folder, port);
    expect((await get(port, target)).status).toBe(status);
  });

  withNginx('redirects /api with 308 and a relative Location', async () => {
    const { folder, port } = await place();
    await start(folder, port);
    const { status, headers } = await get(port, '/api?x=1');
    expect([status, headers['location']]).toEqual([308, '/api/?x=1']);
  });

  const asUser = nginx && isRoot ? it : it.skip;
  asUser(
    'runs as root, then as an ordinary user, then as root again (skipped unless run as root)',
    async () => {
      const { folder, port, temp } = await place();
      for (const uid of [undefined, nobodyUid, undefined]) {
        const { output, errors, stop } = await start(folder, port, uid);
        const body = 'x'.repeat(1_000_000);
        const bytes = `POST /api/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
        expect(bodyOf(parseRawResponse(await exchangeRaw({ port, bytes }))).length).toBe(1_000_000);
        await stop();
        expect(errors()).not.toMatch(/\[(?:emerg|alert|crit|error)\]/);
        expect(output()).toMatch(/^127\.0\.0\.1 - - \[.*\] "POST \/api\/x HTTP\/1\.1" 200 \d+ "-" "-"$/m);
        expect(existsSync(`${temp}-tripod-nginx.pid`)).toBe(false);
      }
    },
  );

  withNginx('refuses a body over 1 MiB', async () => {
    const { folder, port } = await place();
    await start(folder, port);
    const bytes = `POST /api/x HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n`;
    const answer = await exchangeRaw({ port, bytes, until: (text) => text.includes('\r\n\r\n') });
    expect(parseRawResponse(answer).status).toBe(413);
  });

  withNginx('logs which copy is disabled and goes on with the others', async () => {
    const { folder, port } = await place();
    const { errors } = await start(folder, port);
    servers[0]?.closeAllConnections();
    servers[0]?.close();
    for (let request = 0; request < 6; request += 1) expect((await get(port, '/api/')).status).toBe(200);
    expect(errors()).toContain('upstream server temporarily disabled');
  });
});
