import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { replaceFile } from '@tripod/shared/os/replace-file';
import { setAside } from '@tripod/shared/os/set-aside';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tripod-file-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('replaceFile', () => {
  it('replaces a file with one that only its owner can read', () => {
    const file = join(folder, 'state.json');
    writeFileSync(file, 'old', { mode: 0o644 });
    mkdirSync(`${file}.next`);
    replaceFile(file, 'new');
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('leaves no draft when the file cannot be replaced', () => {
    const file = join(folder, 'state.json');
    mkdirSync(file);
    expect(() => replaceFile(file, 'new')).toThrow();
    expect(readdirSync(folder)).toEqual(['state.json']);
  });
});

describe('setAside', () => {
  it('never overwrites what was set aside before', () => {
    const file = join(folder, 'a');
    for (const text of ['first', 'second']) {
      writeFileSync(file, text);
      setAside(file);
    }
    expect(readFileSync(`${file}.damaged`, 'utf8')).toBe('first');
    expect(readFileSync(`${file}.damaged-2`, 'utf8')).toBe('second');
  });
});
