import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { plainResponse } from '@tripod/testing/scripted-upstream';
import { waitFor } from '@tripod/testing/wait-for';
import { ask } from './support/ask.ts';
import { addressesOf, killProxies, spawnProxy } from './support/spawn-proxy.ts';
import { stopAll } from './support/stop-all.ts';
import { runUpstream } from './support/upstreams.ts';

afterEach(killProxies);
afterEach(stopAll);

const ports = ['--port', '0', '--admin-port', '0'];

const run = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const proxy = spawnProxy(args, { env });
  const code = await proxy.ended;
  return { code, stdout: proxy.stdout(), stderr: proxy.stderr() };
};

const linesOf = (text: string): readonly string[] => text.trim().split('\n');

const taken = async (): Promise<Server & { port: number }> => {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen({ host: '127.0.0.1', port: 0 }, resolve);
  });
  const address = server.address();
  return Object.assign(server, { port: typeof address === 'object' && address ? address.port : 0 });
};

describe('the command proxy', () => {
  it('shows every setting with --help, and exits with 0', async () => {
    const { code, stdout, stderr } = await run(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const flag of [
      '--port',
      '--admin-port',
      '--route',
      '--engine',
      '--policy',
      '--health-path',
      '--config',
    ]) {
      expect(stdout).toContain(flag);
    }
  });

  it('prints its version with --version, and exits with 0', async () => {
    const { code, stdout } = await run(['--version']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^proxy \d+\.\d+\.\d+\n$/) });
  });

  it('checks a configuration without starting, and exits with 0 or 2', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'proxy-'));
    const file = join(folder, 'proxy.json');
    const check = async (routes: unknown) => {
      await writeFile(file, JSON.stringify({ routes }));
      return run(['check', '--config', file]);
    };
    const upstreams = ['http://127.0.0.1:1', 'http://127.0.0.1:2'];
    const redirect = { prefix: '/old/', redirect: { to: '/new/{rest}' } };
    expect(await check([{ prefix: '/', upstreams }, redirect])).toEqual({
      code: 0,
      stdout: `${file} is valid: 2 routes, 1 pool, 2 upstreams\n`,
      stderr: '',
    });
    const bad = await check([
      { prefix: 'x', upstreams },
      { ...redirect, allow: ['10.0.0.0/99'], status: 1 },
    ]);
    expect({ code: bad.code, stdout: bad.stdout }).toEqual({ code: 2, stdout: '' });
    expect(linesOf(bad.stderr)).toHaveLength(2);
    await rm(folder, { recursive: true });
  });

  it('explains which route and pool would take a URL, and what goes upstream', async () => {
    const { code, stdout } = await run(['explain', 'http://here/api/x?y', '/readyz', '/a/../b']);
    expect(code).toBe(0);
    expect(stdout).toContain(
      'pool      api: round-robin over 127.0.0.1:8081, 127.0.0.1:8083, 127.0.0.1:8084',
    );
    expect(stdout).toContain('sends     GET /x?y');
    expect(stdout).toContain('answers   404 NOT_FOUND');
    expect(stdout).toContain('answers   400 PROXY_PATH_INVALID');
  });

  it('is a whole reverse proxy with --to alone', async () => {
    const upstream = await runUpstream((socket) => void socket.write(plainResponse('whole')));
    const proxy = spawnProxy([...ports, '--to', `127.0.0.1:${upstream.port}`, '--health-path', 'off']);
    const { port } = await addressesOf(proxy);
    expect((await ask({ port, path: '/api/x?y' })).text).toBe('whole');
    expect(upstream.requests[0]?.target).toBe('/api/x?y');
  });

  it('names all bad values at once, one line each, and exits with 2', async () => {
    const { code, stderr, stdout } = await run([
      '--port=99999',
      '--engine=nonsense',
      '--policy=luck',
      '--fall=0',
      '--route=/api',
      '--route=/=https://127.0.0.1:1',
      '--trusted-proxies=everyone',
      '--health-path=readyz',
    ]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(linesOf(stderr)).toEqual([
      expect.stringMatching(/^proxy: --port must be a whole number from 0 to 65535, and is 99999$/),
      expect.stringMatching(/^proxy: --route must be PREFIX=URL\[,URL…\] .*"\/api"$/),
      expect.stringMatching(
        /^proxy: --route must not name https:\/\/127\.0\.0\.1:1: .*https are not supported yet$/,
      ),
      expect.stringMatching(/^proxy: --engine must be one of .*, and is "nonsense"$/),
      expect.stringMatching(/^proxy: --policy must be one of round-robin.*"luck"$/),
      expect.stringMatching(/^proxy: --health-path must be a path such as \/readyz, or off/),
      expect.stringMatching(/^proxy: --fall must be/),
      expect.stringMatching(/^proxy: --trusted-proxies must be networks such as 10\.0\.0\.0\/8.*"everyone"/),
    ]);
  });

  it('names the variable of an invalid value', async () => {
    const { code, stderr } = await run([], { ROUTE: '/api', HEALTH_INTERVAL_MS: 'soon' });
    expect(code).toBe(2);
    expect(stderr).toContain('proxy: ROUTE must be PREFIX=URL');
    expect(stderr).toContain('proxy: HEALTH_INTERVAL_MS must be a whole number');
  });

  it.each([
    ['an unknown flag', ['--colour', 'red']],
    ['a flag without its value', ['--port']],
    ['a stray word', ['start']],
  ])('exits with 2 and one line for %s', async (_what, args) => {
    const { code, stderr } = await run(args);
    expect(code).toBe(2);
    expect(linesOf(stderr)).toHaveLength(1);
    expect(stderr).toMatch(/^proxy: The command line is wrong: .*--help/);
  });

  it('names the port in use and the flag to change it, and exits with 1', async () => {
    const server = await taken();
    try {
      const port = String(server.port);
      const main = await run(['--port', port, '--admin-port', '0']);
      expect(main).toMatchObject({
        code: 1,
        stderr: `proxy: Port ${port} is already in use; choose another one with --port.\n`,
      });
      const admin = await run(['--port', '0', '--admin-port', port]);
      expect(admin).toMatchObject({
        code: 1,
        stderr: `proxy: Port ${port} is already in use; choose another one with --admin-port.\n`,
      });
    } finally {
      server.close();
    }
  });

  describe('with a config file', () => {
    const withFile = async (
      text: string | undefined,
      use: (file: string) => Promise<void>,
    ): Promise<void> => {
      const folder = await mkdtemp(join(tmpdir(), 'proxy-config-'));
      const file = join(folder, 'proxy.json');
      try {
        if (text !== undefined) await writeFile(file, text);
        await use(file);
      } finally {
        await rm(folder, { recursive: true });
      }
    };

    it.each([
      ['that is not there', undefined, 'does not exist'],
      ['that is not JSON', '{', 'is not JSON'],
      ['that is no object', '[]', 'must hold one JSON object'],
      ['with a name that is no setting', '{"prot":1}', 'prot in'],
      ['with a value of the wrong type', '{"port":"x"}', 'port in'],
      ['with a bad route', '{"route":["/=https://x"]}', 'route in'],
    ])('reports %s, and exits with 2', async (_what, text, words) => {
      await withFile(text, async (file) => {
        const { code, stderr } = await run(['--config', file]);
        expect(code).toBe(2);
        expect(stderr).toContain(words);
        expect(stderr).toContain(file);
        expect(linesOf(stderr)).toHaveLength(1);
      });
    });

    it('reloads a changed file on SIGHUP without a terminal, and refuses an invalid one', async () => {
      const [first, second] = [await runUpstream(), await runUpstream()];
      second.setScript((socket) => void socket.write(plainResponse('second')));
      const textFor = (url: string): string =>
        JSON.stringify({
          port: 0,
          adminPort: 0,
          healthPath: 'off',
          routes: [{ prefix: '/', upstreams: [url] }],
        });
      await withFile(textFor(first.url), async (file) => {
        const proxy = spawnProxy(['--config', file], { detached: true });
        const { port } = await addressesOf(proxy);
        const said = (words: string) => waitFor(words, () => proxy.stdout().includes(words));
        await writeFile(file, textFor(second.url));
        proxy.child.kill('SIGHUP');
        await said('"configuration reloaded"');
        expect((await ask({ port })).text).toBe('second');
        await writeFile(file, '{"prot":1}');
        proxy.child.kill('SIGHUP');
        await said(`#/prot in ${file} is not a setting`);
        expect((await ask({ port })).text).toBe('second');
        proxy.child.kill('SIGTERM');
        expect(await proxy.ended).toBe(0);
      });
    });

    it('serves the routes of the file', async () => {
      const upstream = await runUpstream();
      const settings = { port: 0, adminPort: 0, healthPath: 'off', route: [`/=${upstream.url}`] };
      await withFile(JSON.stringify(settings), async (file) => {
        const { port } = await addressesOf(spawnProxy(['--config', file]));
        expect((await ask({ port })).text).toBe('hello');
      });
    });
  });

  it('logs one line for each request, with every upstream that was tried', async () => {
    const upstream = await runUpstream();
    const proxy = spawnProxy([...ports, '--health-path', 'off', '--route', `/=${upstream.url}`]);
    const { port } = await addressesOf(proxy);
    await ask({
      port,
      path: '/a?b',
      headers: { 'X-Request-Id': 'request-1', Cookie: 'secret', Authorization: 'secret' },
    });
    proxy.child.kill('SIGTERM');
    await proxy.ended;
    const lines = linesOf(proxy.stdout()).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toContainEqual(
      expect.objectContaining({
        message: 'GET /a?b',
        status: 200,
        bytes: 5,
        requestId: 'request-1',
        client: '127.0.0.1',
        upstream: `127.0.0.1:${upstream.port}`,
        upstreamStatus: '200',
        tries: 1,
      }),
    );
    expect(proxy.stdout()).not.toContain('secret');
    expect(proxy.stderr()).toBe('');
  });
});
