import { appendFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sendSignal } from '@tripod/shared/os/process-table';
import { findRecord } from '../src/postmaster.ts';
import { resetEmbeddedPostgres } from '../src/reset-embedded-postgres.ts';
import { Scene } from './support/scene.ts';
import { until } from './support/until.ts';

describe('a guard that is asked to stop while Postgres recovers without end', () => {
  let scene: Scene;
  let signalFile: string;
  beforeEach(async () => {
    scene = new Scene();
    const user = await scene.joined();
    await user.query('CREATE TABLE kept AS SELECT 42 AS answer');
    await scene.rest();
    // A standby waits for WAL that never arrives here, and accepts no connections meanwhile.
    signalFile = join(scene.layout.dataDir, 'standby.signal');
    writeFileSync(signalFile, '');
    appendFileSync(join(scene.layout.dataDir, 'postgresql.conf'), 'hot_standby = off\n');
  });
  afterEach(() => scene.close());

  const untilItRecovers = () =>
    until('it recovers', () => findRecord(scene.layout.dataDir)?.status === 'standby');

  const expectKept = async (): Promise<void> => {
    rmSync(signalFile);
    const user = await scene.joined();
    expect(await user.query('SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  };

  it('stops Postgres on SIGTERM, and the data is served at the next start', async () => {
    const user = scene.user();
    await untilItRecovers();
    await user.kill();
    sendSignal(scene.guardPid, 'SIGTERM');
    await scene.untilAllGone();
    await expectKept();
  });

  it('stops a Postgres that is suspended by SIGSTOP', async () => {
    const user = scene.user();
    await untilItRecovers();
    sendSignal(scene.postmasterPid, 'SIGSTOP');
    await user.kill();
    sendSignal(scene.guardPid, 'SIGTERM');
    await scene.untilAllGone();
    await expectKept();
  });

  it('stops a Postgres that it has taken over', async () => {
    const user = scene.user();
    await untilItRecovers();
    await user.kill();
    sendSignal(scene.guardPid, 'SIGKILL');
    const next = scene.user();
    // Reported when the next guard sends its first message.
    await next.next('progress');
    await next.kill();
    sendSignal(scene.guardPid, 'SIGTERM');
    await scene.untilAllGone();
    await expectKept();
  });

  it('empties the data with force, and notifies waiting users', async () => {
    const user = scene.user();
    await untilItRecovers();
    // Reported at the first message of the guard, after which the user waits.
    await user.next('progress');
    await resetEmbeddedPostgres({ stateDir: scene.stateDir, force: true });
    expect((await user.next('refused')).message).toBe('The database was stopped by a reset.');
    expect(scene.processes()).toEqual([]);
  });
});

describe('a guard that is asked to stop while its data is being created', () => {
  let scene: Scene;
  beforeEach(() => {
    scene = new Scene();
  });
  afterEach(() => scene.close());

  it('leaves nothing behind, and the next start creates the data again', async () => {
    const user = scene.user();
    const initdb = await until('initdb runs', () =>
      scene.processes().find(({ command }) => command.includes('initdb --pgdata=')),
    );
    sendSignal(initdb.pid, 'SIGSTOP');
    await user.kill();
    sendSignal(scene.guardPid, 'SIGTERM');
    await scene.untilAllGone();
    expect(readdirSync(scene.layout.home).filter((name) => name.startsWith('draft-'))).toEqual([]);
    const next = await scene.joined();
    expect(await next.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});
