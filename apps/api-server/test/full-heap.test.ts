import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '@tripod/testing/wait-for';

let child: ChildProcess | undefined;
afterEach(() => void child?.kill('SIGKILL'));

describe('a copy of the API whose heap is nearly full', () => {
  it('refuses operations with 503, answers its health checks, and recovers when memory is free again', async () => {
    const api = fork(join(import.meta.dirname, 'fixtures/hoarding-api.ts'), {
      execArgv: ['--max-old-space-size=64', '--max-semi-space-size=4'],
      // Jest takes what V8 writes about a full heap for its own.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    child = api;
    const [url] = (await once(api, 'message')) as [string];
    const refused = await waitFor('a refusal', async () => {
      const answer = await fetch(`${url}/hoard`);
      const body = (await answer.json()) as object;
      return answer.status === 200 ? undefined : { answer, body };
    });
    expect(refused.answer.status).toBe(503);
    expect(refused.answer.headers.get('retry-after')).toBe('1');
    expect(refused.body).toMatchObject({ code: 'MEMORY_FULL' });
    for (let asked = 0; asked < 200; asked += 1) {
      await expect((await fetch(`${url}/hoard`)).json()).resolves.toMatchObject({ code: 'MEMORY_FULL' });
    }
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    api.send('give back');
    await waitFor('the next answer', async () => (await fetch(`${url}/hoard`)).status === 200);
    expect([api.exitCode, api.signalCode]).toEqual([null, null]);
  });
});
