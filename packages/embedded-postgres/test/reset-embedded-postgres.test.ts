import { existsSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { sendSignal } from '@tripod/shared/os/process-table';
import { findEmbeddedPostgres } from '../src/find-embedded-postgres.ts';
import { resetEmbeddedPostgres } from '../src/reset-embedded-postgres.ts';
import { findState } from '../src/state-file.ts';
import { Scene } from './support/scene.ts';

describe('resetEmbeddedPostgres', () => {
  let scene: Scene;
  beforeAll(() => {
    scene = new Scene();
  });
  afterEach(() => scene.rest());
  afterAll(() => scene.close());

  const expectEmpty = (): void => {
    expect(existsSync(scene.layout.dataDir)).toBe(false);
    expect(findState(scene.layout)).toBeUndefined();
  };

  const expectEmptyAtNextJoin = async (): Promise<void> => {
    expectEmpty();
    const next = await scene.joined();
    expect(await next.query("SELECT to_regclass('kept') AS found")).toEqual([{ found: null }]);
  };

  it('refuses in one sentence while the database is in use', async () => {
    const user = await scene.joined();
    await scene.joined();
    await expect(resetEmbeddedPostgres(scene)).rejects.toThrow(
      `The database in ${scene.layout.home} is in use by 2 processes: stop what uses it first, or reset it by force.`,
    );
    expect(await user.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('stops it with force, notifies its users, and empties it', async () => {
    const user = await scene.joined();
    await user.query('CREATE TABLE kept (id int)');
    await resetEmbeddedPostgres({ stateDir: scene.stateDir, force: true });
    expect((await user.next('lost')).message).toBe('The database was stopped by a reset.');
    expect(await findEmbeddedPostgres(scene)).toMatchObject({ running: false, users: 0 });
    await expectEmptyAtNextJoin();
  });

  it('empties it immediately after the last user has left', async () => {
    const user = await scene.joined();
    await user.query('CREATE TABLE kept (id int)');
    await user.leave();
    await resetEmbeddedPostgres(scene);
    expectEmpty();
  });

  it('ends and empties a Postgres whose guard and users were killed', async () => {
    const user = await scene.joined();
    await user.query('CREATE TABLE kept (id int)');
    sendSignal(scene.guardPid, 'SIGKILL');
    await user.kill();
    expect(scene.postmasterPid).not.toBe(0);
    await resetEmbeddedPostgres(scene);
    expect(scene.processes()).toEqual([]);
    expectEmpty();
  });

  it('does nothing when there is no database', async () => {
    await resetEmbeddedPostgres(scene);
    await resetEmbeddedPostgres(scene);
    expectEmpty();
    expect(await findEmbeddedPostgres(scene)).toEqual({
      running: false,
      users: 0,
      logFile: scene.layout.logFile,
    });
  });
});
