import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { locateStateFolder, socketPathIn } from '@tripod/shared/os/state-folder';

let folder = '';
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'tripod-state-folder-')));
  mkdirSync(join(folder, 'real'));
  symlinkSync(join(folder, 'real'), join(folder, 'link'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('locateStateFolder', () => {
  it('gives one folder the same names by every path, also before it exists', () => {
    const real = locateStateFolder(join(folder, 'real/new/.tripod'), 1000);
    expect(locateStateFolder(join(folder, 'link/new/.tripod'), 1000)).toEqual(real);
    expect(real.stateDir).toBe(join(folder, 'real/new/.tripod'));
    expect(real.key).toMatch(/^[0-9a-f]{12}$/);
  });

  it('gives two users different keys for the same folder', () => {
    expect(locateStateFolder(folder, 1000).key).not.toBe(locateStateFolder(folder, 1001).key);
  });
});

describe('socketPathIn', () => {
  it('puts the socket into the state folder when its path fits', () => {
    expect(socketPathIn(locateStateFolder('/s', 1), 'control', 'x.sock')).toBe('/s/control/x.sock');
  });

  it('puts the socket into the temp folder when its path is too long for the system', () => {
    const state = locateStateFolder(`/${'deep/'.repeat(20)}state`, 1000);
    const path = socketPathIn(state, 'control', 'x.sock');
    expect(path).toBe(join(tmpdir(), `tripod-1000-${state.key}-control`, 'x.sock'));
  });
});
