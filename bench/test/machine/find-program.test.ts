import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { explainMissing, findProgram } from '../../src/machine/find-program.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tripod-programs-'));
  writeFileSync(join(folder, 'runs'), '', { mode: 0o755 });
  writeFileSync(join(folder, 'does-not-run'), '', { mode: 0o644 });
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('findProgram', () => {
  it('finds an executable file in any folder of the path', () => {
    expect(findProgram('runs', `/nowhere:${folder}`)).toBe(join(folder, 'runs'));
  });

  it.each(['does-not-run', 'absent'])('does not find %s', (name) => {
    expect(findProgram(name, folder)).toBeUndefined();
  });
});

describe('explainMissing', () => {
  it('returns undefined when every program is installed', () => {
    expect(explainMissing(['runs'], folder)).toBeUndefined();
  });

  it('names every missing program and its Debian package', () => {
    expect(explainMissing(['runs', 'absent', 'other'], folder)).toBe(
      'absent and other must be installed first (Debian: apt-get install absent other).',
    );
  });
});
