import { mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { takeStackLock } from '../../src/control/stack-lock.ts';
import { findStackState, removeStackState, writeStackState } from '../../src/control/state-file.ts';
import { locateState, makeStateFolder } from '../../src/control/state-folder.ts';
import { useTempFolders } from '../support/temp-folder.ts';

const makeFolder = useTempFolders();
const me = process.getuid?.() ?? 0;

describe('makeStateFolder', () => {
  it('makes the folders, the one of the socket for this user alone', () => {
    const { logsDir, socketDir } = makeStateFolder(join(makeFolder(), 'a/b'), me);
    expect(statSync(logsDir).isDirectory()).toBe(true);
    expect(statSync(socketDir).mode & 0o777).toBe(0o700);
  });

  it('names the same socket whichever way the folder was entered', () => {
    const real = join(makeFolder(), 'real');
    const link = join(makeFolder(), 'link');
    mkdirSync(real);
    symlinkSync(real, link);
    expect(locateState(link, me).socketPath).toBe(locateState(real, me).socketPath);
  });

  it('puts the socket of a deep folder into the temp folder, since its path would be too long', () => {
    const deep = join(makeFolder(), 'x'.repeat(90));
    const { socketPath, socketDir } = makeStateFolder(deep, me);
    expect(Buffer.byteLength(socketPath)).toBeLessThanOrEqual(100);
    expect(statSync(socketDir).mode & 0o777).toBe(0o700);
    rmSync(dirname(socketPath), { recursive: true });
  });

  it('refuses a folder for the socket that somebody else has put there', () => {
    const deep = join(makeFolder(), 'y'.repeat(90));
    mkdirSync(deep);
    const { socketDir } = locateState(deep, me);
    symlinkSync('/tmp', socketDir);
    try {
      expect(() => makeStateFolder(deep, me)).toThrow('choose another one with --state-dir');
    } finally {
      rmSync(socketDir);
    }
  });

  it('says which flag to change when the folder can not be made', () => {
    const file = join(makeFolder(), 'file');
    writeFileSync(file, '');
    expect(() => makeStateFolder(join(file, 'sub'), me)).toThrow(
      /can not be used \(ENOTDIR\); .* --state-dir/,
    );
  });
});

describe('takeStackLock', () => {
  it('is given to one at a time', async () => {
    const folder = makeStateFolder(makeFolder(), me);
    const first = await takeStackLock(folder);
    expect(await takeStackLock(folder)).toBeUndefined();
    first?.release();
    const second = await takeStackLock(folder);
    expect(second).toBeDefined();
    second?.release();
  });

  it('says which flag to change when the lock can not be opened', async () => {
    const folder = makeStateFolder(makeFolder(), me);
    mkdirSync(folder.lockFile);
    await expect(takeStackLock(folder)).rejects.toThrow('choose another one with --state-dir');
  });
});

describe('the state file', () => {
  const state = { pid: 1, url: 'http://127.0.0.1:8080', proxy: 'nginx', startedAt: '', processes: [] };

  it('gives back what was written, and nothing once it is removed', () => {
    const { stateFile } = makeStateFolder(makeFolder(), me);
    writeStackState(stateFile, state);
    expect(findStackState(stateFile)).toEqual(state);
    removeStackState(stateFile);
    expect(findStackState(stateFile)).toBeUndefined();
  });

  it.each(['', '{', '[]', '{"pid":"1"}'])('takes %p for no state', (text) => {
    const { stateFile } = makeStateFolder(makeFolder(), me);
    writeFileSync(stateFile, text);
    expect(findStackState(stateFile)).toBeUndefined();
  });
});
