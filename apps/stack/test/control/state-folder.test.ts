import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { takeStackLock } from '../../src/control/stack-lock.ts';
import {
  findStackState,
  removeStackState,
  setAsideDamagedState,
  writeStackState,
} from '../../src/control/state-file.ts';
import { createStateFolder, locateState } from '../../src/control/state-folder.ts';
import { useTempFolders } from '../support/temp-folder.ts';

const makeFolder = useTempFolders();
const userId = process.getuid?.() ?? 0;

describe('the state folder', () => {
  it('is created with its subfolders, and only its user may enter the one of the socket', () => {
    const { logsDir, socketDir } = createStateFolder(join(makeFolder(), 'a/b'), userId);
    expect(statSync(logsDir).isDirectory()).toBe(true);
    expect(statSync(socketDir).mode & 0o777).toBe(0o700);
  });

  it('has the same socket for two paths to it', () => {
    const real = join(makeFolder(), 'real');
    const link = join(makeFolder(), 'link');
    mkdirSync(real);
    symlinkSync(real, link);
    expect(locateState(link, userId).socketPath).toBe(locateState(real, userId).socketPath);
  });

  it('has its socket in the temporary folder when its own path is too long', () => {
    const deep = join(makeFolder(), 'x'.repeat(90));
    const { socketPath, socketDir } = createStateFolder(deep, userId);
    expect(Buffer.byteLength(socketPath)).toBeLessThanOrEqual(100);
    expect(statSync(socketDir).mode & 0o777).toBe(0o700);
    rmSync(dirname(socketPath), { recursive: true });
  });

  it('is refused when another user has created the folder of its socket', () => {
    const deep = join(makeFolder(), 'y'.repeat(90));
    mkdirSync(deep);
    const { socketDir } = locateState(deep, userId);
    symlinkSync('/tmp', socketDir);
    try {
      expect(() => createStateFolder(deep, userId)).toThrow('choose another one with --state-dir');
    } finally {
      rmSync(socketDir);
    }
  });

  it.each(['logs', 'control'])('fails with the reason when its subfolder %s is a file', (name) => {
    const stateDir = makeFolder();
    writeFileSync(join(stateDir, name), '');
    expect(() => createStateFolder(stateDir, userId)).toThrow(
      `/${name} cannot be used (it is no folder; move it away); choose another one with --state-dir.`,
    );
  });

  it('fails with the flag to change when it cannot be created', () => {
    const file = join(makeFolder(), 'file');
    writeFileSync(file, '');
    expect(() => createStateFolder(join(file, 'sub'), userId)).toThrow(
      /cannot be used \(ENOTDIR\); .* --state-dir/,
    );
  });
});

describe('the lock of a stack', () => {
  it('is held by one process at a time', async () => {
    const folder = createStateFolder(makeFolder(), userId);
    const first = await takeStackLock(folder);
    expect(await takeStackLock(folder)).toBeUndefined();
    first?.release();
    const second = await takeStackLock(folder);
    expect(second).toBeDefined();
    second?.release();
  });

  it('fails with the flag to change when it cannot be opened', async () => {
    const folder = createStateFolder(makeFolder(), userId);
    mkdirSync(folder.lockFile);
    await expect(takeStackLock(folder)).rejects.toThrow('choose another one with --state-dir');
  });
});

describe('the state file', () => {
  const state = { pid: 1, url: 'http://127.0.0.1:8080', proxy: 'nginx', startedAt: '', processes: [] };

  it('holds what was written until it is removed', () => {
    const { stateFile } = createStateFolder(makeFolder(), userId);
    writeStackState(stateFile, state);
    expect(findStackState(stateFile)).toEqual(state);
    removeStackState(stateFile);
    expect(findStackState(stateFile)).toBeUndefined();
  });

  const processText = (change: object): string =>
    JSON.stringify({
      ...state,
      processes: [{ name: 'api-1', pid: 2, start: '1', port: 8081, marks: ['api'], ...change }],
    });

  it('is not set aside when it is missing or fine', () => {
    const { stateFile } = createStateFolder(makeFolder(), userId);
    expect(setAsideDamagedState(stateFile)).toBeUndefined();
    writeFileSync(stateFile, processText({}));
    expect(setAsideDamagedState(stateFile)).toBeUndefined();
    expect(findStackState(stateFile)?.processes).toHaveLength(1);
  });

  it.each([
    ...['', '{', '[]', '[null]', '{"pid":"1"}', '{"pid":1,"processes":[null]}', '{"pid":1,"processes":[{}]}'],
    ...[{ pid: 1 }, { pid: -1 }, { start: undefined }, { marks: [] }, { marks: [''] }].map(processText),
  ])('is set aside when it holds %s', (text) => {
    const { stateFile } = createStateFolder(makeFolder(), userId);
    writeFileSync(stateFile, text);
    expect(findStackState(stateFile)).toBeUndefined();
    expect(setAsideDamagedState(stateFile)).toContain(
      `The state file ${stateFile} is damaged and was renamed to ${stateFile}.damaged;`,
    );
    expect(readFileSync(`${stateFile}.damaged`, 'utf8')).toBe(text);
  });

  it.each([
    ['a folder', (path: string) => mkdirSync(path)],
    ['a named pipe', (path: string) => execFileSync('mkfifo', [path])],
  ])('is set aside when it is %s, which never blocks', (_what, create) => {
    const { stateFile } = createStateFolder(makeFolder(), userId);
    create(stateFile);
    expect(setAsideDamagedState(stateFile)).toContain(`${stateFile}.damaged`);
    create(`${stateFile}.next`);
    writeStackState(stateFile, state);
    expect(findStackState(stateFile)).toEqual(state);
  });
});
