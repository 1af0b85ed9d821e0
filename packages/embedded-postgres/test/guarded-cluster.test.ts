import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { findIdentity } from '../src/identity.ts';
import { logSize } from '../src/log-file.ts';
import { findState } from '../src/state-file.ts';
import { Scene } from './support/scene.ts';

describe('data from an earlier start', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = new Scene();
    const user = await scene.joined();
    await user.query('CREATE TABLE kept AS SELECT 42 AS answer');
    await scene.rest();
  });
  afterEach(() => scene.rest());
  afterAll(() => scene.close());

  const expectKept = async (): Promise<void> => {
    const user = await scene.joined();
    expect(await user.query('SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  };

  const leaveRecord = (pid: number): void => {
    const lines = [pid, scene.layout.dataDir, 1, 15432, '', '127.0.0.1', '1 1', 'ready   ', ''];
    writeFileSync(join(scene.layout.dataDir, 'postmaster.pid'), lines.join('\n'));
  };

  it.each([
    ['no process', 2 ** 22 + 1],
    ['process 1', 1],
  ])('is served despite a postmaster.pid that names %s', async (_what, pid) => {
    leaveRecord(pid);
    await expectKept();
  });

  it('is served despite a postmaster.pid that names another program of the same user', async () => {
    const identity = findIdentity(scene.layout.dataDir);
    const program = spawn('/bin/sh', ['-c', 'read line'], {
      ...identity,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    try {
      await once(program, 'spawn');
      leaveRecord(program.pid ?? 0);
      await expectKept();
    } finally {
      program.kill();
    }
  });

  it('is served despite a torn postmaster.pid', async () => {
    writeFileSync(join(scene.layout.dataDir, 'postmaster.pid'), '');
    await expectKept();
  });

  it.each([
    ['lost', ''],
    ['torn', '{"port": 154'],
    ['of another shape', '{"port": "x"}'],
  ])('is served with a new password when the state file is %s', async (what, text) => {
    const before = findState(scene.layout)?.password;
    if (what === 'lost') rmSync(scene.layout.stateFile);
    else writeFileSync(scene.layout.stateFile, text);
    await expectKept();
    expect(findState(scene.layout)?.password).toMatch(/^[0-9a-f]{48}$/);
    expect(findState(scene.layout)?.password).not.toBe(before);
  });

  it('is served despite a socket file that a killed guard left behind', async () => {
    writeFileSync(scene.layout.socketPath, '');
    await expectKept();
  });

  it('is served on another port when its own is in use', async () => {
    const first = scene.user();
    const port = Number(new URL((await first.next('joined')).url ?? '').port);
    await first.leave();
    await scene.untilAllGone();
    const squatter = createServer().listen(port, '127.0.0.1');
    try {
      await expectKept();
      expect(findState(scene.layout)?.port).not.toBe(port);
    } finally {
      squatter.close();
    }
  });

  it('is refused in one sentence when another major version created it', async () => {
    const file = join(scene.layout.dataDir, 'PG_VERSION');
    const version = readFileSync(file);
    writeFileSync(file, '12\n');
    const { message } = await scene.user().next('refused');
    writeFileSync(file, version);
    expect(message).toContain(
      `The data in ${scene.layout.dataDir} was created by Postgres 12, and this is Postgres `,
    );
    expect(message).not.toContain('\n');
  });

  it('is refused in one sentence with a summary and the path of the log when Postgres does not start', async () => {
    const control = join(scene.layout.dataDir, 'global/pg_control');
    renameSync(control, `${control}.away`);
    const { message } = await scene.user().next('refused');
    expect(message).toContain('Postgres does not start: ');
    expect(message).toContain('pg_control');
    expect(message).toContain(scene.layout.logFile);
    expect(message).not.toContain('\n');
    renameSync(`${control}.away`, control);
    await scene.untilAllGone();
    await expectKept();
  });

  it('is shut down cleanly, so that the next start needs no recovery', async () => {
    await expectKept();
    await scene.rest();
    expect(existsSync(join(scene.layout.dataDir, 'postmaster.pid'))).toBe(false);
    const before = logSize(scene.layout.logFile);
    await expectKept();
    const log = readFileSync(scene.layout.logFile).subarray(before).toString();
    expect(log).toContain('database system was shut down at');
    expect(log).not.toContain('was not properly shut down');
  });
});
