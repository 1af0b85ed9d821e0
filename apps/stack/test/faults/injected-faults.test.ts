import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { freePorts } from '@tripod/testing/free-port';
import { waitFor } from '@tripod/testing/wait-for';
import { defineService } from '../../src/definition/service-definition.ts';
import { stackPort } from '../../src/definition/stack-settings.ts';
import { fixtureFile } from '../support/fixture-services.ts';
import { prepareFixtureStack } from '../support/fixture-stack.ts';
import { type StackUnderTest, startUnderTest } from '../support/run-fixture-stack.ts';
import { createSiteService } from '../support/site-service.ts';

let folder: string;
let stack: StackUnderTest;

/** A Node command that knows nothing of faults, and a program that is no Node command. */
const plain = defineService({
  name: 'plain',
  description: 'The plain server',
  settings: () => ({ plainPort: stackPort(7100, 'Port of the plain server') }),
  ports: ['plainPort'],
  run: {
    type: 'process',
    command: ({ port }) => ({ type: 'node', file: fixtureFile, args: ['--port', `${port}`] }),
  },
  needs: [],
  stopGraceMs: 4000,
});
const shell = defineService({
  name: 'shell',
  description: 'The shell',
  settings: () => ({}),
  ports: [],
  run: {
    type: 'process',
    command: () => ({ type: 'binary', file: '/bin/sh', args: ['-c', 'echo serving; exec sleep 600'] }),
  },
  readiness: () => ({ type: 'log-line', pattern: /serving/ }),
  needs: [],
  stopGraceMs: 4000,
});

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tripod-stack-'));
  const site = createSiteService(folder);
  const [plainPort = 0, sitePort = 0] = await freePorts(6);
  const services = ['site', 'plain', 'shell'];
  const change = { services, sitePort, plainPort, sites: 2 } as never;
  stack = await startUnderTest(await prepareFixtureStack(folder, change, [site, plain, shell]));
});
afterAll(async () => {
  await stack?.running.stop();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => stack.ask({ command: 'heal', name: '' }));

const find = async (name: string) => {
  const found = (await stack.report()).processes.find((row) => row.name === name);
  if (!found) throw new Error(`ps shows no ${name}`);
  return found;
};
const ask = (command: string, name: string, more: object = {}) => stack.ask({ command, name, ...more });
const get = async (name: string): Promise<number> => {
  const response = await fetch(`http://127.0.0.1:${(await find(name)).port}/`);
  await response.text();
  return response.status;
};

describe('a copy with a fault', () => {
  it.each([
    ['slow', { delayMs: 60_000, jitterMs: 50 }, 'slow by 60000 ± 50 ms'],
    ['cut', {}, 'cut off'],
  ])('answers only when it is healed, and the other copy goes on: %s', async (command, settings, fault) => {
    await ask(command, 'site-1', settings);
    expect(stack.progress.at(-1)).toBe(`site-1: ${fault} until: pnpm stack heal site-1`);
    expect(await find('site-1')).toMatchObject({ state: 'ready', fault });
    let answered = false;
    const answer = get('site-1').then((status) => {
      answered = true;
      return status;
    });
    expect(await get('site-2')).toBe(200);
    expect(answered).toBe(false);
    await ask('heal', 'site-1');
    expect(await answer).toBe(200);
    expect((await find('site-1')).fault).toBeUndefined();
  });

  it('answers its share of requests with 500 until the time is over', async () => {
    await ask('fail', 'site-1', { percent: 100, forMs: 60_000 });
    expect([await get('site-1'), await get('site-2')]).toEqual([500, 200]);
    await ask('fail', 'site-1', { percent: 100, forMs: 50 });
    await waitFor('the end of the fault', async () => (await get('site-1')) === 200);
    expect((await find('site-1')).fault).toBeUndefined();
  });

  it('has its event loop blocked for the given time', async () => {
    await ask('block', 'site-1', { ms: 100 });
    expect(stack.progress.at(-1)).toBe('site-1: event loop blocked for 100 ms');
    await waitFor('the end of the fault', async () => (await find('site-1')).fault === undefined);
    expect(await get('site-1')).toBe(200);
  });

  it('can have several, which heal undoes together', async () => {
    await ask('slow', 'site-1', { delayMs: 1 });
    await ask('fail', 'site-1', { percent: 5 });
    expect((await find('site-1')).fault).toBe('slow by 1 ms; fails 5 %');
    await ask('heal', 'site');
    expect(stack.progress.at(-1)).toBe('site-1: healed (slow by 1 ms; fails 5 %)');
  });

  it('is healthy after it was killed', async () => {
    await ask('fail', 'site-1', { percent: 100 });
    await ask('kill', 'site-1');
    expect((await find('site-1')).fault).toBeUndefined();
    expect(await get('site-1')).toBe(200);
  });

  it('can be stopped while requests wait in it', async () => {
    await ask('slow', 'site-2', { delayMs: 60_000 });
    await ask('restart', 'site-2');
    const { state, fault } = await find('site-2');
    expect({ state, fault }).toEqual({ state: 'ready', fault: undefined });
  });
});

describe('a fault that cannot be armed has one sentence', () => {
  it.each([
    [
      'for a Node command of others',
      'slow',
      'plain',
      {},
      'plain cannot inject the fault slow into itself; it can be paused or killed.',
    ],
    [
      'for another program',
      'block',
      'shell',
      {},
      'shell cannot inject the fault block into itself; it can be paused or killed.',
    ],
    [
      'for a percentage out of range',
      'fail',
      'site-1',
      { percent: 0 },
      'fail: --percent must be a whole number from 1 to 100, and is 0',
    ],
  ])('%s', async (_what, command, name, settings, sentence) => {
    await expect(ask(command, name, settings)).rejects.toThrow(sentence);
  });

  it('for a copy that is paused', async () => {
    await ask('pause', 'site-1');
    await expect(ask('slow', 'site-1')).rejects.toThrow('site-1 is paused; first: pnpm stack resume site-1');
  });
});
