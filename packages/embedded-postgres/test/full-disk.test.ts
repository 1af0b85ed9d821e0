import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { sendSignal } from '@tripod/shared/os/process-table';
import { findEmbeddedPostgres } from '../src/find-embedded-postgres.ts';
import { Scene } from './support/scene.ts';
import { until } from './support/until.ts';
import type { UserProcess } from './support/user-process.ts';

/** Only root may mount a file system of its own; CI runs as root. */
const onSmallDisk = process.getuid?.() === 0 && process.platform === 'linux' ? it : it.skip;

/** Appends to a file until the disk has no room for another block of this size. */
const appendUntilFull = (file: string, blockBytes: number): void => {
  const descriptor = openSync(file, 'a');
  const block = new Uint8Array(blockBytes).fill(10);
  try {
    for (;;) writeSync(descriptor, block);
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
  } finally {
    closeSync(descriptor);
  }
};

/** Leaves no room, not even for a line in the last page of the log; returns how to make room again. */
const fillDisk = (folder: string, logFile: string): (() => void) => {
  const file = join(folder, 'fill');
  appendUntilFull(file, 4096);
  appendUntilFull(logFile, 1);
  return () => rmSync(file);
};

describe('the embedded Postgres on a full disk', () => {
  let scene: Scene | undefined;
  let disk: string | undefined;
  afterEach(async () => {
    await scene?.rest();
    // A process that has just ended may keep the file system busy for another moment.
    if (disk !== undefined) execFileSync('umount', ['--lazy', disk]);
    await scene?.close();
  });

  const joinOnSmallDisk = async () => {
    scene = new Scene({ below: 'disk/.tripod' });
    disk = join(scene.root, 'disk');
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=140m,mode=755', 'tmpfs', disk]);
    mkdirSync(scene.stateDir);
    return { scene, disk, user: await scene.joined() };
  };

  const untilAnswered = (user: UserProcess): Promise<unknown> =>
    until('queries are answered', () =>
      user.query('SELECT 1').then(
        () => true,
        () => false,
      ),
    );

  onSmallDisk('heals when there is room again, twice, although Postgres was killed meanwhile', async () => {
    const { scene, disk, user } = await joinOnSmallDisk();
    const { guardPid } = await findEmbeddedPostgres(scene);
    for (const round of [1, 2]) {
      const makeRoom = fillDisk(disk, scene.layout.logFile);
      const { postgresPid = 0, restarts: before = 0 } = await findEmbeddedPostgres(scene);
      sendSignal(postgresPid, 'SIGKILL');
      await until(`the guard tries again in round ${round}`, async () => {
        const { restarts = 0 } = await findEmbeddedPostgres(scene);
        return restarts > before;
      });
      makeRoom();
      await untilAnswered(user);
    }
    expect((await findEmbeddedPostgres(scene)).guardPid).toBe(guardPid);
    expect(user.events.filter(({ event }) => event === 'lost')).toEqual([]);
  });
});
