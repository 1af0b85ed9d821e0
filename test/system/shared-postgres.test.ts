import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { freePort } from '@tripod/testing/free-port';
import { checkout, exited, spawnNode } from '@tripod/testing/spawn-node';
import { waitFor } from '@tripod/testing/wait-for';
import { ask } from '../support/ask.ts';
import { makeStateDir } from '../support/make-state-dir.ts';

type Copy = { readonly url: string; readonly child: ChildProcess };

const copies: Copy[] = [];
let stateDir = '';

const startCopy = async (name: string): Promise<Copy> => {
  const port = await freePort();
  const { child, output } = spawnNode([
    join(checkout, 'apps/api-server/bin/api-server.js'),
    ...['--port', String(port), '--name', name, '--state-dir', stateDir, '--drain-delay-ms', '0'],
  ]);
  const url = `http://127.0.0.1:${port}`;
  const isReady = (): Promise<boolean> =>
    ask(url, '/readyz').then(
      ({ status }) => status === 200,
      () => false,
    );
  await waitFor(`${name} to be ready:\n${output()}`, isReady);
  const copy = { url, child };
  copies.push(copy);
  return copy;
};

const listOf = async ({ url }: Copy): Promise<readonly { title: string }[]> => {
  const { status, body } = await ask(url, '/images.json');
  expect(status).toBe(200);
  return JSON.parse(body) as { title: string }[];
};

const add = async ({ url }: Copy, title: string): Promise<void> => {
  const body = JSON.stringify({ title, alt_text: title, url: '/images/fox.svg' });
  expect((await ask(url, '/images.json', { method: 'POST', body })).status).toBe(200);
};

afterEach(async () => {
  for (const { child } of copies) {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await exited(child);
  }
  copies.length = 0;
  rmSync(stateDir, { recursive: true, force: true });
});

describe('copies that are started without the stack', () => {
  it('share one Postgres, which keeps running when the copy that started it stops', async () => {
    stateDir = makeStateDir();
    const first = await startCopy('api-1');
    const second = await startCopy('api-2');
    const third = await startCopy('api-3');
    await add(second, 'before');
    first.child.kill('SIGKILL');
    await exited(first.child);
    await add(second, 'after');
    for (const copy of [second, third]) {
      expect((await listOf(copy)).slice(-2).map(({ title }) => title)).toEqual(['before', 'after']);
    }
  }, 300_000);

  it('find the data again after all of them had stopped', async () => {
    stateDir = makeStateDir();
    const first = await startCopy('api-1');
    await add(first, 'kept');
    first.child.kill('SIGTERM');
    expect(await exited(first.child)).toBe(0);
    const again = await startCopy('api-1');
    expect((await listOf(again)).at(-1)).toMatchObject({ title: 'kept' });
  }, 300_000);
});
