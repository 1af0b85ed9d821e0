import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '@tripod/testing/wait-for';
import { listen } from '../../src/os/listen.ts';
import { readyUrlOf } from '../../src/process/healthcheck.ts';
import { killFixtures, runFixture, startFixture } from '../support/start-fixture.ts';

afterEach(killFixtures);

describe('the address that a health check asks', () => {
  it.each([
    [{ port: 8081 }, 'http://127.0.0.1:8081/readyz'],
    [{ port: 8081, host: '0.0.0.0' }, 'http://127.0.0.1:8081/readyz'],
    [{ port: 8081, host: '::' }, 'http://127.0.0.1:8081/readyz'],
    [{ port: 8081, host: '10.0.0.7' }, 'http://10.0.0.7:8081/readyz'],
    [{ port: 8081, host: 'fe80::1' }, 'http://[fe80::1]:8081/readyz'],
    [{ port: 8080, host: '10.0.0.7', adminPort: 8090 }, 'http://127.0.0.1:8090/readyz'],
    [{ port: 8080, adminPort: 8090, adminHost: '10.0.0.8' }, 'http://10.0.0.8:8090/readyz'],
  ])('of %j is %s', (config, url) => {
    expect(readyUrlOf(config)).toBe(url);
  });

  it('is unknown for port 0', () => {
    expect(() => readyUrlOf({ port: 0 })).toThrow('--port is 0');
    expect(() => readyUrlOf({ port: 8080, adminPort: 0 })).toThrow('--admin-port is 0');
  });
});

describe('the healthcheck command', () => {
  it('exits 0 when the running service is ready', async () => {
    const fixture = startFixture(['--port', '0']);
    const { port } = new URL(await fixture.url());
    expect(await runFixture(['healthcheck'], { env: { PORT: port } })).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });

  it('exits 1 with the answer when the service is not ready', async () => {
    const server = createServer((_request, response) =>
      response.writeHead(503).end('{"status":"not ready"}'),
    );
    const { port, close } = await listen(server, { host: '127.0.0.1', port: 0 });
    const { code, stderr } = await runFixture(['healthcheck', '--port', String(port)]);
    await close();
    expect(code).toBe(1);
    expect(stderr).toBe(`fixture: http://127.0.0.1:${port}/readyz answered 503: {"status":"not ready"}\n`);
  });

  it('exits 1 when nothing listens', async () => {
    const { port, close } = await listen(createServer(), { host: '127.0.0.1', port: 0 });
    await close();
    const { code, stderr } = await runFixture(['healthcheck', '--port', String(port)]);
    expect(code).toBe(1);
    expect(stderr).toBe(`fixture: http://127.0.0.1:${port}/readyz can't be reached: ECONNREFUSED\n`);
  });
});

describe('a service under systemd', () => {
  it('tells systemd that it is ready once it listens, by systemd-notify', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tripod-notify-'));
    const told = join(folder, 'told');
    // Stands for the program of systemd, which needs systemd as the process 1.
    writeFileSync(join(folder, 'systemd-notify'), `#!/bin/sh\necho "$NOTIFY_SOCKET $@" > ${told}\n`);
    chmodSync(join(folder, 'systemd-notify'), 0o755);
    try {
      const fixture = startFixture(['--port', '0'], {
        env: { PATH: `${folder}:${process.env['PATH']}`, NOTIFY_SOCKET: '/run/x' },
      });
      await fixture.url();
      expect(await waitFor('the message', () => readFileSync(told, 'utf8').trim() || undefined)).toBe(
        '/run/x --ready',
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('goes on serving, and logs it, without systemd-notify', async () => {
    const fixture = startFixture(['--port', '0'], { env: { PATH: '/nowhere', NOTIFY_SOCKET: '/run/x' } });
    const url = await fixture.url();
    await waitFor('the log line', () =>
      fixture
        .logged()
        .some(({ message }) => message === 'systemd could not be told that the service is ready'),
    );
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });
});
