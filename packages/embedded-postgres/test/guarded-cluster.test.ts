import { execFileSync, spawn } from 'node:child_process';
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
    ['a list', '[null]'],
  ])('is served with a new password when the state file is %s', async (what, text) => {
    const before = findState(scene.layout)?.password;
    if (what === 'lost') rmSync(scene.layout.stateFile);
    else writeFileSync(scene.layout.stateFile, text);
    await expectKept();
    expect(findState(scene.layout)?.password).toMatch(/^[0-9a-f]{48}$/);
    expect(findState(scene.layout)?.password).not.toBe(before);
  });

  it.each([
    ['a port that Postgres may not use', { port: 1 }],
    ['a port that does not exist', { port: 99_999 }],
    ['a password that is not one of ours', { password: "a'b;\n" }],
  ])('is served, with one sentence, when the state file has %s', async (_what, change) => {
    const { stateFile } = scene.layout;
    writeFileSync(stateFile, JSON.stringify({ ...findState(scene.layout), ...change }));
    const user = await scene.joined();
    const sentences = user.events.filter(({ message }) => message?.includes('is damaged'));
    expect(sentences.map(({ message }) => message)).toEqual([
      expect.stringContaining(`The state file of the database ${stateFile} is damaged and was renamed to`),
    ]);
    expect(await user.query('SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('is served when its log is a named pipe', async () => {
    const { logFile } = scene.layout;
    rmSync(logFile);
    execFileSync('mkfifo', [logFile]);
    await expectKept();
    expect(existsSync(`${logFile}.damaged`)).toBe(true);
  });

  it.each([
    ['missing', undefined, 'is not empty and holds no database (its file PG_VERSION is missing)'],
    ['empty', '', 'is damaged (its file PG_VERSION holds no version)'],
  ])('is kept, and refused in one sentence, when PG_VERSION is %s', async (_what, text, reason) => {
    const file = join(scene.layout.dataDir, 'PG_VERSION');
    const version = readFileSync(file);
    if (text === undefined) rmSync(file);
    else writeFileSync(file, text);
    const { message } = await scene.user().next('refused');
    writeFileSync(file, version);
    expect(message).toContain(reason);
    expect(message).not.toContain('\n');
    await scene.untilAllGone();
    await expectKept();
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
