import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readVersion } from '@tripod/shared/process/read-version';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tripod-version-'));
  mkdirSync(join(folder, 'package/bin'), { recursive: true });
  writeFileSync(join(folder, 'package/bin/x.js'), '');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('readVersion', () => {
  it('finds the package of a script, also through a link as npm makes them', () => {
    writeFileSync(join(folder, 'package/package.json'), '{"version":"1.2.3"}');
    symlinkSync(join(folder, 'package/bin/x.js'), join(folder, 'x'));
    expect(readVersion(join(folder, 'package/bin/x.js'))).toBe('1.2.3');
    expect(readVersion(join(folder, 'x'))).toBe('1.2.3');
  });

  it('is undefined where the package has none', () => {
    writeFileSync(join(folder, 'package/package.json'), '{}');
    expect(readVersion(join(folder, 'package/bin/x.js'))).toBeUndefined();
  });
});
