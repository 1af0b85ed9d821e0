import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePorts } from '@tripod/testing/free-port';
import { waitFor } from '@tripod/testing/wait-for';
import { packPackage } from '../pack/pack-package.ts';
import { packedPackages } from '../pack/packed-packages.ts';

const checkout = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'tripod-tarballs-'));
const app = join(folder, 'app');

/** The Node of the tests and the one of the system, which may be as old as 20. */
const findNodes = (): readonly string[] => {
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((one) => !one.includes('node_modules'));
  try {
    const env = { ...process.env, PATH: path.join(delimiter) };
    const found = execFileSync('node', ['-p', 'process.execPath'], { env, encoding: 'utf8' }).trim();
    return [...new Set([process.execPath, found])];
  } catch {
    return [process.execPath];
  }
};

const started: ReturnType<typeof spawn>[] = [];

const start = (node: string, name: string, args: readonly string[]): void => {
  const program = join(app, 'node_modules/@tripod', name, 'bin', `${name}.js`);
  started.push(spawn(node, [program, ...args], { cwd: app, stdio: ['ignore', 'ignore', 'inherit'] }));
};

beforeAll(() => {
  const files = packedPackages.map((one) => packPackage(checkout, one, folder).file);
  mkdirSync(join(app, 'www'), { recursive: true });
  writeFileSync(join(app, 'package.json'), '{ "name": "app", "private": true }');
  writeFileSync(join(app, 'www/index.html'), '<!doctype html><title>Packed</title>');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...files], {
    cwd: app,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
});

afterAll(async () => {
  for (const child of started) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
});

describe('the tarballs, installed with npm into an empty folder', () => {
  it.each(findNodes())('serve a request through the proxy and measure it, on %s', async (node) => {
    const [port, adminPort, staticPort] = (await freePorts(3)) as readonly [number, number, number];
    start(node, 'static-server', ['--path', 'www', '--port', `${staticPort}`]);
    const route = `/=http://127.0.0.1:${staticPort}`;
    start(node, 'proxy', ['--port', `${port}`, '--admin-port', `${adminPort}`, '--route', route]);
    const url = `http://127.0.0.1:${port}/`;
    const text = await waitFor('the page', async () => {
      const response = await fetch(url);
      return response.ok && (await response.text());
    });
    expect(text).toContain('<title>Packed</title>');
    const load = join(app, 'node_modules/@tripod/load/bin/load.js');
    const printed = execFileSync(node, [load, url, '--users', '2', '--run-time', '1s'], { encoding: 'utf8' });
    const { result } = JSON.parse(printed.trim().split('\n').at(-1) ?? '') as {
      readonly result: { readonly failed: number; readonly requests: number };
    };
    expect(result.failed).toBe(0);
    expect(result.requests).toBeGreaterThan(0);
  });

  it('give a proxy to a program that imports it', () => {
    const program = `
      import { createProxy } from '@tripod/proxy';
      const proxy = createProxy({ port: 0, adminPort: 0, routes: [{ prefix: '/', upstreams: ['http://127.0.0.1:1'] }] });
      const { url } = await proxy.listen();
      const { status } = await fetch(url);
      await proxy.close();
      console.log(status);`;
    const args = ['--input-type=module', '-e', program];
    expect(execFileSync(process.execPath, args, { cwd: app, encoding: 'utf8' })).toMatch(/^50[23]\n$/);
  });

  it.each(packedPackages.map(({ name }) => name))(
    'hold types and no script to run on installing: %s',
    (name) => {
      const own = join(app, 'node_modules', name);
      const manifest = JSON.parse(readFileSync(join(own, 'package.json'), 'utf8')) as Record<string, unknown>;
      expect(manifest).not.toHaveProperty('scripts');
      expect(JSON.stringify(manifest)).not.toMatch(/workspace:|catalog:/);
      const short = name.split('/')[1] ?? '';
      expect(readFileSync(join(own, `dist/${short}/cli.js`), 'utf8')).not.toMatch(/@tripod\/|\.ts['"]/);
      expect(readFileSync(join(own, `dist/${short}/cli.d.ts`), 'utf8')).toContain('export');
    },
  );

  it('an API copy says that it needs a database, when there is none to start', () => {
    const program = join(app, 'node_modules/@tripod/api-server/bin/api-server.js');
    const { DATABASE_URL: _, ...env } = process.env;
    expect(() =>
      execFileSync(process.execPath, [program, '--port', '0'], {
        env,
        cwd: app,
        encoding: 'utf8',
        stdio: 'pipe',
      }),
    ).toThrow('DATABASE_URL');
  });
});
