import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isReadyReport } from '@tripod/shared/process/supervision';
import { parseRawResponse } from '@tripod/testing/raw-http';
import { waitFor } from '@tripod/testing/wait-for';
import { type Fixture, killFixtures, startFixture } from '../support/start-fixture.ts';

afterEach(killFixtures);

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tripod-stopping-'));
  file = join(folder, 'fixture.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

// The terminal is created by `script` of util-linux, which CI must have.
const withScript = spawnSync('script', ['--version']).error && process.env['CI'] !== 'true' ? it.skip : it;

const messagesOf = (fixture: Fixture): readonly unknown[] => fixture.logged().map(({ message }) => message);

const printed = (fixture: Fixture, text: string): Promise<true> =>
  waitFor(`"${text}"`, () => fixture.stdout().includes(text) || undefined);

const start = async (...args: readonly string[]) => {
  const fixture = startFixture(args);
  return { fixture, url: await fixture.url() };
};

describe('signals', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'stop the service gracefully with exit code 0: %s',
    async (signal) => {
      const { fixture } = await start('--drain-delay-ms', '0', '--weight', '3');
      fixture.child.kill(signal);
      expect(await fixture.exited).toEqual({ code: 0, signal: null });
      expect(messagesOf(fixture)).toEqual([
        'listening',
        'stopping',
        'server stopped',
        'pool closed',
        'stopped',
      ]);
      expect(fixture.logged()[1]).toMatchObject({
        name: 'fixture-3',
        level: 'info',
        why: signal,
        drainDelayMs: 0,
      });
      expect(fixture.stderr()).toBe('');
    },
  );

  it('reloads at SIGHUP with a config file and without a terminal, as often as it comes', async () => {
    writeFileSync(file, '{"weight":2}');
    const fixture = startFixture(['--config', file, '--drain-delay-ms', '0'], { terminal: 'none' });
    await fixture.url();
    for (const weight of [3, 4]) {
      writeFileSync(file, `{"weight":${weight}}`);
      fixture.child.kill('SIGHUP');
      await waitFor('the reload', () => fixture.logged().some((line) => line['weight'] === weight));
    }
    fixture.child.kill('SIGTERM');
    expect((await fixture.exited).code).toBe(0);
    expect(messagesOf(fixture).slice(0, 3)).toEqual(['listening', 'reloaded', 'reloaded']);
  });

  withScript('stops on SIGHUP when its terminal closes (skipped without the program script)', async () => {
    writeFileSync(file, '{"weight":2}');
    const args = ['--config', file, '--drain-delay-ms', '0', '--log-format', 'json'];
    const fixture = startFixture(args, { terminal: 'own' });
    await fixture.url();
    process.kill(Number(/^pid: (\d+)/m.exec(fixture.stdout())?.[1]), 'SIGHUP');
    expect((await fixture.exited).code).toBe(0);
    expect(fixture.stdout()).toContain('"why":"SIGHUP"');
  });

  it('answers what is in flight before it ends', async () => {
    const { fixture, url } = await start('--drain-delay-ms', '0');
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let received = '';
    socket.setEncoding('latin1').on('data', (piece: string) => {
      received += piece;
    });
    const ask = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
    // In one packet: once the first is answered, the second is in flight.
    socket.write(ask('/') + ask('/held'));
    await waitFor('the first answer', () => received.endsWith('fine'));
    received = '';
    fixture.child.kill('SIGTERM');
    await printed(fixture, '"message":"stopping"');
    socket.write(ask('/release'));
    await once(socket, 'close');
    const { status, headers, body } = parseRawResponse(received);
    expect([status, headers['connection'], body]).toEqual([200, 'close', 'held and released']);
    expect((await fixture.exited).code).toBe(0);
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const)('ends at once at a second %s, with the exit code that says so', async (signal, code) => {
    const { fixture, url } = await start('--drain-delay-ms', '60000');
    const held = fetch(`${url}/held`).catch(() => 'cut');
    fixture.child.kill(signal);
    await waitFor(
      'the first signal to be noticed',
      async () => (await fetch(`${url}/readyz`)).status === 503,
    );
    fixture.child.kill(signal);
    expect(await fixture.exited).toEqual({ code, signal: null });
    expect(await held).toBe('cut');
    expect(messagesOf(fixture)).toEqual(['listening', 'stopping']);
  });

  it('runs all steps and exits 1 when one of them fails', async () => {
    const { fixture } = await start('--drain-delay-ms', '0', '--mode', 'stop-fails');
    fixture.child.kill('SIGTERM');
    expect((await fixture.exited).code).toBe(1);
    expect(messagesOf(fixture)).toEqual([
      'listening',
      'stopping',
      'server stopped',
      'pool closed',
      'stopping failed',
    ]);
    expect(JSON.stringify(fixture.logged().at(-1))).toContain('the cache is stuck');
  });

  it('writes every log line, once and in order, before it exits', async () => {
    const { fixture, url } = await start('--drain-delay-ms', '0');
    await (await fetch(`${url}/log`)).text();
    fixture.child.kill('SIGTERM');
    await fixture.exited;
    const lines = fixture.logged().flatMap(({ message, line }) => (message === 'line' ? [line] : []));
    expect(lines).toEqual(Array.from({ length: 2000 }, (_, index) => index));
  });

  it('exits even when nothing reads its log', async () => {
    const { fixture, url } = await start('--drain-delay-ms', '0');
    fixture.child.stdout?.pause();
    for (let round = 0; round < 5; round += 1) await (await fetch(`${url}/log`)).text();
    const exit = new Promise((resolve) => {
      fixture.child.once('exit', resolve);
    });
    fixture.child.kill('SIGTERM');
    expect(await exit).toBe(0);
  });
});

describe('signals during the start', () => {
  it('stop the service gracefully as soon as it has started', async () => {
    const fixture = startFixture(['--drain-delay-ms', '0', '--mode', 'waits'], { ipc: true });
    await printed(fixture, 'waiting');
    fixture.child.kill('SIGTERM');
    await printed(fixture, '"message":"stopping"');
    fixture.child.disconnect();
    expect(await fixture.exited).toEqual({ code: 0, signal: null });
    expect(messagesOf(fixture)).toEqual([
      'stopping',
      'listening',
      'server stopped',
      'pool closed',
      'stopped',
    ]);
  });

  it('exit at once the second time', async () => {
    const fixture = startFixture(['--mode', 'waits'], { ipc: true });
    await printed(fixture, 'waiting');
    fixture.child.kill('SIGTERM');
    await printed(fixture, '"message":"stopping"');
    fixture.child.kill('SIGTERM');
    expect(await fixture.exited).toEqual({ code: 143, signal: null });
  });
});

describe('a service under a supervisor', () => {
  it('reports its addresses once it serves requests', async () => {
    const fixture = startFixture([], { ipc: true });
    const report = await new Promise((resolve) => {
      fixture.child.once('message', resolve);
    });
    expect(isReadyReport(report)).toBe(true);
    expect(report).toEqual({ type: 'ready', url: await fixture.url(), faults: ['block'] });
  });

  it('writes the compile cache when it is ready, so that it does not delay the stop', async () => {
    const fixture = startFixture([], { ipc: true, env: { NODE_COMPILE_CACHE: folder } });
    await once(fixture.child, 'message');
    const kept = readdirSync(folder, { recursive: true, withFileTypes: true });
    expect(kept.filter((entry) => entry.isFile())).not.toEqual([]);
  });

  it('stops on a stop order, with the drain delay of the order', async () => {
    const fixture = startFixture(['--drain-delay-ms', '60000'], { ipc: true });
    await fixture.url();
    fixture.child.send({ type: 'unknown' });
    fixture.child.send({ type: 'stop', drainDelayMs: 0 });
    expect((await fixture.exited).code).toBe(0);
    expect(fixture.logged().find(({ message }) => message === 'stopping')).toMatchObject({
      why: 'stop order from the supervisor',
      drainDelayMs: 0,
    });
  });

  it.each<[string, string, (fixture: Fixture) => Promise<unknown>]>([
    ['while it runs', 'fine', (fixture) => fixture.url()],
    ['while it starts', 'waits', (fixture) => printed(fixture, 'waiting')],
    ['before it starts', 'fine', () => Promise.resolve()],
  ])('stops when the supervisor ends %s', async (_when, mode, until) => {
    const fixture = startFixture(['--drain-delay-ms', '60000', '--mode', mode], { ipc: true });
    await until(fixture);
    fixture.child.disconnect();
    expect((await fixture.exited).code).toBe(0);
    expect(messagesOf(fixture)).toContain('stopped');
    expect(fixture.logged().find(({ message }) => message === 'stopping')).toMatchObject({
      why: 'the supervisor exited',
    });
  });
});

describe('an uncaught failure', () => {
  it.each([
    ['/throw', 'thrown outside of any request'],
    ['/reject', 'a promise that nobody awaits'],
  ])('is logged and ends the process with exit code 1 (%s)', async (path, message) => {
    const { fixture, url } = await start();
    await fetch(`${url}${path}`).catch(() => undefined);
    expect((await fixture.exited).code).toBe(1);
    expect(fixture.logged().at(-1)).toMatchObject({
      level: 'error',
      message: 'uncaught error: the process exits',
      error: { message, stack: expect.stringContaining('fixture-service.ts') },
    });
  });
});
