import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sendSignal } from '@tripod/shared/os/process-table';
import { findEmbeddedPostgres } from '../src/find-embedded-postgres.ts';
import { Scene } from './support/scene.ts';
import { until } from './support/until.ts';
import type { UserProcess } from './support/user-process.ts';

/** Finds a guard and its Postgres. Tests send signals to these processes only. */
const untilServed = (scene: Scene) =>
  until('a guard and its Postgres are found', async () => {
    const { guardPid, postgresPid, port } = await findEmbeddedPostgres(scene);
    return guardPid !== undefined && postgresPid !== undefined && { guardPid, postgresPid, port };
  });

/** A backend of the killed Postgres may still answer for a moment, so this waits for the next Postgres first. */
const untilServedAgain = async (scene: Scene, user: UserProcess, killedPid = 0): Promise<void> => {
  await until('Postgres runs again', async () => {
    const { postgresPid, users } = await findEmbeddedPostgres(scene);
    return postgresPid !== undefined && postgresPid !== killedPid && users > 0;
  });
  await until('queries are answered again', () =>
    user.query('SELECT 1').then(
      () => true,
      () => false,
    ),
  );
};

describe('the guard', () => {
  let scene: Scene;
  let user: UserProcess;
  beforeAll(() => {
    scene = new Scene();
  });
  beforeEach(async () => {
    user = await scene.joined();
    await user.query('DROP TABLE IF EXISTS kept');
    await user.query('CREATE TABLE kept AS SELECT 42 AS answer');
  });
  afterEach(() => scene.rest());
  afterAll(() => scene.close());

  it('restarts a killed Postgres on the same port with the same data', async () => {
    const { port, postgresPid } = await untilServed(scene);
    process.kill(postgresPid, 'SIGKILL');
    await untilServedAgain(scene, user, postgresPid);
    const now = await findEmbeddedPostgres(scene);
    expect(now.port).toBe(port);
    expect(now.postgresPid).not.toBe(postgresPid);
    expect(await user.query('SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    expect(user.events.filter(({ event }) => event === 'lost')).toEqual([]);
  });

  it('ends a busy child of a killed Postgres before it starts the next', async () => {
    const busy = await scene.joined();
    // A query that only computes does not notice that its parent has ended.
    busy.send('SELECT sum(n) FROM generate_series(1, 100000000000) AS n');
    const active = () =>
      scene.processes().find(({ command }) => /postgres: tripod-\w+: .* SELECT/.test(command))?.pid;
    const busyPid = await until('it is busy', active);
    const { postgresPid } = await untilServed(scene);
    process.kill(postgresPid, 'SIGKILL');
    await untilServedAgain(scene, user, postgresPid);
    expect(scene.processes().map(({ pid }) => pid)).not.toContain(busyPid);
  });

  it('survives being killed: a new one takes over the running Postgres, and no client notices', async () => {
    const other = await scene.joined();
    const { guardPid, postgresPid } = await untilServed(scene);
    const [backend] = await user.query('SELECT pg_backend_pid() AS pid');
    process.kill(guardPid, 'SIGKILL');
    const now = await until('both users have a new guard', async () => {
      const found = await findEmbeddedPostgres(scene);
      return found.guardPid !== guardPid && found.users === 2 ? found : undefined;
    });
    expect(now.postgresPid).toBe(postgresPid);
    expect(await user.query('SELECT pg_backend_pid() AS pid')).toEqual([backend]);
    await user.leave();
    await other.leave();
    await scene.untilAllGone();
  });

  it('restarts a killed Postgres that it had taken over', async () => {
    const { guardPid, postgresPid } = await untilServed(scene);
    process.kill(guardPid, 'SIGKILL');
    await user.next('progress');
    await until('it is taken over', async () => (await findEmbeddedPostgres(scene)).guardPid);
    process.kill(postgresPid, 'SIGKILL');
    await untilServedAgain(scene, user, postgresPid);
    expect(await user.query('SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    expect(await findEmbeddedPostgres(scene)).toMatchObject({ restarts: 1 });
  });

  it('survives being killed together with Postgres: its users restart both on the same port', async () => {
    const { guardPid, postgresPid, port } = await untilServed(scene);
    process.kill(guardPid, 'SIGKILL');
    process.kill(postgresPid, 'SIGKILL');
    await untilServedAgain(scene, user, postgresPid);
    expect(await findEmbeddedPostgres(scene)).toMatchObject({ port, users: 1 });
    expect(await user.query('SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('leaves Postgres running for the next join when the guard and all users are killed', async () => {
    const { guardPid, postgresPid } = await untilServed(scene);
    await Promise.all([process.kill(guardPid, 'SIGKILL'), user.kill()]);
    expect(await findEmbeddedPostgres(scene)).toEqual({
      running: true,
      postgresPid,
      port: expect.any(Number),
      users: 0,
      dataDir: scene.layout.dataDir,
      logFile: scene.layout.logFile,
    });
    const next = scene.user();
    expect(await next.next('joined')).toMatchObject({ started: false });
    expect(scene.postmasterPid).toBe(postgresPid);
    expect(await next.query('SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('stops Postgres cleanly on SIGTERM, and the remaining users start it again', async () => {
    const { guardPid, postgresPid, port } = await untilServed(scene);
    process.kill(guardPid, 'SIGTERM');
    await until('another guard serves', async () => {
      const found = await findEmbeddedPostgres(scene);
      return found.guardPid !== guardPid && found.port === port;
    });
    await untilServedAgain(scene, user, postgresPid);
    expect(await user.query('SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('is replaced as soon as that is possible, and its users say once that they try again', async () => {
    const control = join(scene.layout.dataDir, 'global/pg_control');
    const { guardPid, postgresPid } = await untilServed(scene);
    renameSync(control, `${control}.away`);
    process.kill(guardPid, 'SIGKILL');
    process.kill(postgresPid, 'SIGKILL');
    const isRetry = ({ message }: { readonly message?: string }): boolean =>
      message?.endsWith(' It is tried again every second.') === true;
    await until('the user says that it tries again', () => user.events.some(isRetry));
    renameSync(`${control}.away`, control);
    await untilServedAgain(scene, user, postgresPid);
    expect(await user.query('SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    expect(user.events.filter(isRetry)).toHaveLength(1);
    expect(user.events.filter(({ event }) => event === 'lost')).toEqual([]);
  });

  it('sends its users one sentence when Postgres cannot be restarted', async () => {
    const control = join(scene.layout.dataDir, 'global/pg_control');
    const { postgresPid } = await untilServed(scene);
    renameSync(control, `${control}.away`);
    process.kill(postgresPid, 'SIGKILL');
    const { message } = await user.next('lost');
    expect(message).toContain('Postgres does not start: ');
    expect(message).toContain('pg_control');
    expect(message).toContain(scene.layout.logFile);
    expect(message).not.toContain('\n');
    await scene.untilAllGone();
    renameSync(`${control}.away`, control);
  });
});

it('the guard stops Postgres when its folder was deleted while it ran', async () => {
  const scene = new Scene();
  try {
    const user = await scene.joined();
    rmSync(scene.stateDir, { recursive: true });
    await user.kill();
    sendSignal(scene.guardPid, 'SIGTERM');
    await until('the guard has ended', () => scene.guardPid === 0);
    expect(scene.processes()).toEqual([]);
  } finally {
    await scene.close();
  }
});
