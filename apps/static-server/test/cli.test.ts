import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '@tripod/testing/free-port';
import { waitFor } from '@tripod/testing/wait-for';
import { createSite, type Site } from './support/site.ts';

const bin = fileURLToPath(new URL('../bin/static-server.js', import.meta.url));

type Run = {
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Resolves to the exit code. */
  readonly ended: Promise<number | null>;
};

let site: Site;
const runs: Run[] = [];

const start = (command: string, args: readonly string[], uid?: number): Run => {
  let [stdout, stderr] = ['', ''];
  const child = spawn(command, args, {
    cwd: uid === undefined ? dirname(site.root) : '/',
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  child.stdout?.on('data', (piece: Buffer) => {
    stdout += piece.toString();
  });
  child.stderr?.on('data', (piece: Buffer) => {
    stderr += piece.toString();
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const one = { child, stdout: () => stdout, stderr: () => stderr, ended };
  runs.push(one);
  return one;
};

const run = (...args: string[]): Run => start(process.execPath, [bin, ...args]);
const runAs = (uid: number, ...args: string[]): Run => start(process.execPath, [bin, ...args], uid);

const untilReady = (one: Run): Promise<true> =>
  waitFor(`readiness; stderr: ${one.stderr()}`, () => one.stdout().includes('"ready"') || undefined);

beforeAll(() => {
  site = createSite();
  site.write('../empty.json', '{}');
  site.write('../site.json', JSON.stringify({ path: 'site', port: 0, csp: 'off' }));
  site.write('../unknown.json', JSON.stringify({ path: 'site', folder: 'site' }));
});

afterEach(async () => {
  for (const { child, ended } of runs.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
});

afterAll(() => site.remove());

describe('static-server', () => {
  it('prints the folder as typed and the port, one line each, before it logs ready', async () => {
    const port = await freePort();
    const one = run('--path', './site', '--port', String(port));
    await untilReady(one);
    const [first, second, third = ''] = one.stdout().split('\n');
    expect([first, second]).toEqual(['path: ./site', `port: ${port}`]);
    expect(JSON.parse(third)).toMatchObject({ message: 'ready', url: `http://127.0.0.1:${port}` });
    const answer = await fetch(`http://localhost:${port}/folder/`);
    await expect(answer.text()).resolves.toBe('folder');
    expect(answer.headers.get('content-security-policy')).toContain("connect-src 'self';");
  });

  it('tells pages the address of --api-url in /config.json, and allows connections to it', async () => {
    const one = run('--path', 'site', '--port', '0', '--api-url', 'http://api.example:81/v1');
    await untilReady(one);
    const port = /^port: (\d+)$/m.exec(one.stdout())?.[1];
    const config = await fetch(`http://127.0.0.1:${port}/config.json`);
    await expect(config.json()).resolves.toEqual({ apiUrl: 'http://api.example:81/v1' });
    const page = await fetch(`http://127.0.0.1:${port}/`);
    expect(page.headers.get('content-security-policy')).toContain(
      "connect-src 'self' http://api.example:81;",
    );
  });

  it.each(['8081', ':0', 'localhost:8081', 'http://me:secret@api.example/', "http://x/;script-src *'"])(
    'refuses --api-url %s with exit code 2',
    async (address) => {
      const one = run('--path', 'site', '--port', '0', '--api-url', address);
      await expect(one.ended).resolves.toBe(2);
      expect(one.stderr()).toContain('--api-url must be a URL such as http://localhost:8081');
    },
  );

  it('prints the port that it listens on', async () => {
    const one = run('--path', site.root, '--port', '0');
    await untilReady(one);
    const port = /^port: (\d+)$/m.exec(one.stdout())?.[1];
    expect(Number(port)).toBeGreaterThan(0);
    await expect(fetch(`http://127.0.0.1:${port}/`)).resolves.toMatchObject({ status: 200 });
  });

  it('reads its settings from a file, and resolves a relative folder from that file', async () => {
    const one = run('--config', 'site.json');
    await untilReady(one);
    expect(one.stdout()).toMatch(new RegExp(`^path: /.*/${basename(site.root)}$`, 'm'));
    const port = /^port: (\d+)$/m.exec(one.stdout())?.[1];
    const answer = await fetch(`http://127.0.0.1:${port}/`);
    expect(answer.headers.has('content-security-policy')).toBe(false);
  });

  it('accepts --cache-control several times, with commas in the values', async () => {
    const rules = ['--cache-control', '*.txt=public, max-age=5', '--cache-control', '/folder/**=no-store'];
    const one = run('--path', 'site', '--port', '0', '--spa', '--max-memory-mb', '1', ...rules);
    await untilReady(one);
    const port = /^port: (\d+)$/m.exec(one.stdout())?.[1];
    const controlOf = async (path: string): Promise<string | null> =>
      (await fetch(`http://127.0.0.1:${port}${path}`)).headers.get('cache-control');
    await expect(controlOf('/folder/inner.txt')).resolves.toBe('public, max-age=5');
    await expect(controlOf('/folder/')).resolves.toBe('no-store');
    await expect(controlOf('/a-view')).resolves.toBe('no-cache');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('exits with code 0 on %s', async (signal) => {
    const one = run('--path', 'site', '--port', '0', '--drain-delay-ms', '0');
    await untilReady(one);
    one.child.kill(signal);
    await expect(one.ended).resolves.toBe(0);
    expect(one.stdout()).toContain('"stopped"');
    expect(one.stderr()).toBe('');
  });

  it.each([
    ['an unknown flag', ['--path', 'site', '--folder', 'x'], /--folder/],
    ['a port that is not a number', ['--path', 'site', '--port', 'http'], /--port must be a whole number/],
    ['a port that is too high', ['--path', 'site', '--port', '65536'], /--port must be .* 65535/],
    ['a policy of two lines', ['--path', 'site', '--csp', 'a\nb'], /--csp must be a Content-Security-Policy/],
    ['an empty policy', ['--path', 'site', '--csp', ''], /--csp must be a Content-Security-Policy/],
    [
      'a --cache-control without a pattern',
      ['--path', 'site', '--cache-control', 'no-store'],
      /--cache-control must be PATTERN=VALUE, such as \*\.css=max-age=3600, and has "no-store"/,
    ],
    [
      'a --content-type without a type',
      ['--path', 'site', '--content-type', 'heif'],
      /--content-type must be EXT=TYPE, such as heif=image\/heif, and has "heif"/,
    ],
    [
      'two rules in one --cache-control',
      ['--path', 'site', '--cache-control', '*.css=max-age=5 *.js=no-store'],
      /--cache-control must be PATTERN=VALUE, such as/,
    ],
    ['a negative memory limit', ['--path', 'site', '--max-memory-mb', '-1'], /from 0 to 65536, and is -1/],
    [
      'a memory limit that is not a number',
      ['--path', 'site', '--max-memory-mb', 'lots'],
      /--max-memory-mb must be a whole number from 0 to 65536/,
    ],
    ['no folder', [], /--path is missing: name the folder/],
    ['no folder in the file', ['--config', 'empty.json'], /--path is missing: name the folder/],
    [
      'a folder that is missing',
      ['--path', 'nowhere'],
      /--path must name a folder, and .*nowhere does not exist/,
    ],
    [
      'a file instead of a folder',
      ['--path', 'secret.txt'],
      /--path must name a folder, and .*secret.txt is not one/,
    ],
    ['a folder in a file', ['--path', 'secret.txt/x'], /--path must name a folder, and .* does not exist/],
    [
      'an unknown setting in the file',
      ['--config', 'unknown.json'],
      /folder in .*unknown.json is not a setting/,
    ],
    ['a config file that is missing', ['--config', 'nowhere.json'], /nowhere.json/],
  ])('exits with code 2 and one sentence for %s', async (_what, args, sentence) => {
    const one = run(...args);
    await expect(one.ended).resolves.toBe(2);
    expect(one.stderr()).toMatch(sentence);
    expect(one.stderr()).toMatch(/^static-server: [^\n]+\n$/);
    expect(one.stdout()).toBe('');
  });

  const isRoot = process.getuid?.() === 0;
  /** Whether another user than root can reach this path, and so start the server. */
  const isReachable = (path: string): boolean =>
    path === '/' || ((statSync(path).mode & 0o001) !== 0 && isReachable(dirname(path)));
  const canRefuse = !isRoot || isReachable(dirname(bin));

  (canRefuse ? it : it.skip)(
    'exits with code 2 and one sentence for a folder that it may not read (skipped where only root can start it)',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'tripod-closed-'));
      chmodSync(folder, 0o000);
      // Root may read it, so another user has to try.
      const one = isRoot ? runAs(65_534, '--path', folder) : run('--path', folder);
      await expect(one.ended).resolves.toBe(2);
      rmdirSync(folder);
      expect(one.stderr()).toBe(
        `static-server: --path must name a folder, and this user may not read ${folder}\n`,
      );
    },
  );

  it('exits with code 1 and one sentence when the port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const one = run('--path', 'site', '--port', String(port));
    await expect(one.ended).resolves.toBe(1);
    other.close();
    expect(one.stderr()).toBe(
      `static-server: Port ${port} is already in use; choose another one with --port.\n`,
    );
  });

  it('lists every flag with --help', async () => {
    const one = run('--help');
    await expect(one.ended).resolves.toBe(0);
    for (const flag of [
      'path',
      'port',
      'host',
      'csp',
      'cache-control',
      'content-type',
      'spa',
      'max-memory-mb',
      'drain-delay-ms',
      'log-format',
      'no-metrics',
      'config',
    ]) {
      expect(one.stdout()).toContain(`--${flag}`);
    }
    expect(one.stdout()).not.toContain('(PATH)');
  });
});
