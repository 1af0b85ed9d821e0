import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { freePort } from '@tripod/testing/free-port';
import { waitFor } from '@tripod/testing/wait-for';
import { createSpawnService, type Running } from '../../src/supervisor/spawn-service.ts';

const file = join(import.meta.dirname, '../fixtures/service.ts');
const running: Running[] = [];

afterEach(async () => {
  for (const one of running.splice(0)) {
    one.kill();
    await one.exited;
  }
});

const start = async (...args: readonly string[]) => {
  const spawn = createSpawnService({
    execPath: process.execPath,
    workingDir: import.meta.dirname,
    killGroup: (pid, signal) => void process.kill(-pid, signal),
  });
  const seen = { ready: '', lines: [] as string[] };
  const port = await freePort();
  const service = spawn({
    command: { file, args: ['--port', `${port}`, ...args] },
    env: { PATH: process.env['PATH'] ?? '' },
    onReady: ({ url = '' }) => {
      seen.ready = url;
    },
    onLine: (line) => void seen.lines.push(line),
  });
  running.push(service);
  return { service, seen, port };
};

describe('createSpawnService', () => {
  it('tells when the service serves, and what it writes line by line', async () => {
    const { seen, port } = await start('--name', 'one');
    // What it writes and what it says over its channel come by different ways.
    await waitFor('the service', () => seen.ready !== '' && seen.lines.length > 0);
    expect(seen).toEqual({ ready: `http://127.0.0.1:${port}`, lines: ['name: one, PORT: none'] });
  });

  it('asks it to stop over the channel', async () => {
    const { service, seen } = await start();
    await waitFor('the service', () => seen.ready !== '');
    service.order({ type: 'stop', drainDelayMs: 0 });
    expect(await service.exited).toEqual({ code: 0, signal: null });
  });

  it('kills one that does not listen', async () => {
    const { service, seen } = await start('--mode', 'deaf');
    await waitFor('the service', () => seen.ready !== '');
    service.order({ type: 'stop', drainDelayMs: 0 });
    service.kill();
    expect(await service.exited).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('has read the last words of one that ends when it tells of the end', async () => {
    const { service, seen } = await start('--mode', 'exit');
    expect(await service.exited).toEqual({ code: 1, signal: null });
    expect(seen.lines).toEqual(['service: it can not be done.']);
  });

  it('says nothing when it kills or asks one that has ended', async () => {
    const { service } = await start('--mode', 'exit');
    await service.exited;
    service.order({ type: 'stop', drainDelayMs: 0 });
    expect(() => service.kill()).not.toThrow();
  });
});
