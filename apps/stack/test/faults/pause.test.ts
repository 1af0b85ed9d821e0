import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemProcesses } from '@tripod/shared/os/process-table';
import { waitFor } from '@tripod/testing/wait-for';
import { prepareFixtureStack } from '../support/fixture-stack.ts';
import { type StackUnderTest, startUnderTest } from '../support/run-fixture-stack.ts';

let folder: string;
let stack: StackUnderTest;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tripod-stack-'));
  stack = await startUnderTest(await prepareFixtureStack(folder));
});
afterAll(async () => {
  await stack?.running.stop();
  rmSync(folder, { recursive: true, force: true });
});

const find = async (name: string) => {
  const found = (await stack.report()).processes.find((row) => row.name === name);
  if (!found) throw new Error(`ps shows no ${name}`);
  return found;
};
const ask = (command: string, name: string, more: object = {}) => stack.ask({ command, name, ...more });
const stateOf = async (name: string) => {
  const { state, fault } = await find(name);
  return { state, fault };
};
const healthy = { state: 'ready', fault: undefined };

describe('a paused process', () => {
  it('answers nothing until it is resumed, and is shown by ps', async () => {
    const { port } = await find('api-1');
    await ask('pause', 'api-1');
    expect(await stateOf('api-1')).toEqual({ state: 'paused', fault: 'paused' });
    expect(stack.progress.at(-1)).toBe('api-1: paused until: pnpm stack resume api-1');
    let answered = false;
    const answer = fetch(`http://127.0.0.1:${port}/`).then(({ status }) => {
      answered = true;
      return status;
    });
    // Another copy answers meanwhile.
    expect((await fetch(`http://127.0.0.1:${(await find('api-2')).port}/`)).status).toBe(200);
    expect(answered).toBe(false);
    await ask('resume', 'api-1');
    expect(await answer).toBe(200);
    expect(await stateOf('api-1')).toEqual(healthy);
  });

  it('goes on by itself after the time that was given', async () => {
    await ask('pause', 'api-1', { forMs: 50 });
    expect(stack.progress.at(-1)).toBe('api-1: paused for 50 ms');
    await waitFor('the end of the pause', async () => (await find('api-1')).fault === undefined);
  });

  it('is healed by heal without a name, which names what it healed', async () => {
    await ask('pause', 'api-1');
    await ask('pause', 'api-2');
    await ask('heal', '');
    expect(stack.progress.slice(-2)).toEqual(['api-1: healed (paused)', 'api-2: healed (paused)']);
    await ask('heal', '');
    await ask('heal', 'api');
    expect(stack.progress.slice(-2)).toEqual(['no fault is armed', 'api: no fault is armed']);
  });

  it('can be killed, and the next one is healthy', async () => {
    const { pid } = await find('api-1');
    await ask('pause', 'api-1');
    await ask('kill', 'api-1');
    expect(await stateOf('api-1')).toEqual(healthy);
    expect((await find('api-1')).pid).not.toBe(pid);
  });

  it.each(['restart', 'stop'])('is continued before a %s, which would otherwise hang', async (command) => {
    await ask('pause', 'api-1');
    await ask(command, 'api-1');
    const { fault } = await find('api-1');
    expect(fault).toBeUndefined();
    if (command === 'stop') await ask('start', 'api-1');
    expect(await stateOf('api-1')).toEqual(healthy);
  });

  it('ends with the stack', async () => {
    const other = mkdtempSync(join(tmpdir(), 'tripod-stack-'));
    const second = await startUnderTest(await prepareFixtureStack(other, { services: ['api'] } as never));
    const { processes } = await second.report();
    await second.ask({ command: 'pause', name: 'api-1' });
    await second.running.stop();
    rmSync(other, { recursive: true, force: true });
    const pids = processes.flatMap(({ pid }) => pid ?? []);
    expect(pids).toHaveLength(2);
    expect(pids.filter((pid) => systemProcesses.commandOf(pid) !== undefined)).toEqual([]);
  });
});

describe('a command that breaks something says in one sentence', () => {
  it.each([
    [
      'which names there are',
      'pause',
      'api-9',
      /^There is no process api-9; there are proxy, static-server, api-1/,
    ],
    [
      'that it changes one process at a time',
      'pause',
      'api',
      /^The command pause changes one process at a time; name it, such as: pnpm stack pause api-1$/,
    ],
    ['that the process is not paused', 'resume', 'api-1', /^api-1 is not paused\.$/],
    [
      'that the database belongs to the user',
      'kill',
      'postgres',
      /^The database is the one of DATABASE_URL, so this command cannot change it; it can change proxy,/,
    ],
    [
      'that the stack starts no Redis',
      'kill',
      'redis',
      /^This stack does not start redis, so this command cannot change it; it can change proxy,/,
    ],
  ])('%s', async (_what, command, name, sentence) => {
    await expect(ask(command, name)).rejects.toThrow(sentence);
  });

  it('that a process which does not run cannot be paused', async () => {
    await ask('stop', 'api-2');
    await expect(ask('pause', 'api-2')).rejects.toThrow(
      'api-2 is stopped; only a process that is ready can get a fault.',
    );
    await ask('start', 'api-2');
  });

  it.each([0, 1.5, 'long', 4e6])('that %p is no duration', async (forMs) => {
    await expect(ask('pause', 'api-1', { forMs })).rejects.toThrow(
      `pause: --for-ms must be a whole number from 1 to 3600000, and is ${JSON.stringify(forMs)}`,
    );
  });
});
