import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findEmbeddedPostgres } from '@tripod/embedded-postgres/find-embedded-postgres';
import { waitFor } from '@tripod/testing/wait-for';
import { type Command, killCommands, runApiServer } from './support/command.ts';

let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'api-server-test-'));
  // Readable for the user that Postgres runs as.
  chmodSync(stateDir, 0o755);
});
afterEach(async () => {
  const { guardPid } = await findEmbeddedPostgres({ stateDir });
  await killCommands();
  if (guardPid !== undefined) await waitFor('the end of the guard', () => !isAlive(guardPid));
  rmSync(stateDir, { recursive: true, force: true });
});

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const start = (): Command => runApiServer(['--port', '0', '--drain-delay-ms', '0', '--state-dir', stateDir]);
const untilReady = async (command: Command): Promise<string> => {
  const url = await command.url();
  await waitFor('readiness', async () => (await fetch(`${url}/readyz`)).status === 200);
  return url;
};
const hasLogged = (command: Command, how: string): boolean =>
  command
    .logged()
    .some(({ message }) => message === `DATABASE_URL is not set: ${how} the project's own Postgres`);

describe('api-server without DATABASE_URL', () => {
  it("starts or joins the project's own Postgres, logs which, and does not stop it for other copies when it is killed", async () => {
    const first = start();
    const firstUrl = await untilReady(first);
    const second = start();
    const secondUrl = await untilReady(second);
    expect([hasLogged(first, 'started'), hasLogged(second, 'joined')]).toEqual([true, true]);
    const tags = await Promise.all(
      [firstUrl, secondUrl].map(async (url) => (await fetch(`${url}/images.json`)).headers.get('etag')),
    );
    expect(tags[0]).toBe(tags[1]);
    first.child.kill('SIGKILL');
    await first.ended;
    expect((await fetch(`${secondUrl}/images.json`)).status).toBe(200);
    second.child.kill('SIGTERM');
    await expect(second.ended).resolves.toBe(0);
  });
});
