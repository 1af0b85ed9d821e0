import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { findAddresses, findFloorProblems, parseFloors, parseLockfile } from '../dependency-floors.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

const planted = `lockfileVersion: '9.0'

importers:

  .:
    dependencies:
      left@0.0.1:
        specifier: 1.0.0

packages:

  '@scope/old@1.2.3':
    resolution: {integrity: sha512-x}
    engines: {node: '>=6'}

  old@4.9.9:
    resolution: {integrity: sha512-x}

  'old@5.0.0-beta.1':
    resolution: {integrity: sha512-x}

snapshots:

  ignored@1.0.0(old@4.9.9): {}
`;

const floor = (name: string, ...minimums: readonly string[]) => ({
  package: name,
  minimums,
  reason: 'CVE-0000-00000',
});

describe('the lockfile of this repository', () => {
  it('resolves no package below its floor', () => {
    const floors = parseFloors(JSON.parse(read('scripts/dependency-floors.json')));
    const resolved = parseLockfile(read('pnpm-lock.yaml'));
    expect(floors.length).toBeGreaterThan(25);
    expect(resolved.length).toBeGreaterThan(300);
    expect(findFloorProblems(resolved, floors)).toEqual([]);
  });

  it('contains most packages of the list, so the names in it are right', () => {
    const floors = parseFloors(JSON.parse(read('scripts/dependency-floors.json')));
    const names = new Set(parseLockfile(read('pnpm-lock.yaml')).map((one) => one.package));
    expect(floors.filter((one) => names.has(one.package)).length).toBeGreaterThan(25);
  });

  it('contains no registry address and no archive', () => {
    expect(findAddresses(read('pnpm-lock.yaml'))).toEqual([]);
  });
});

describe('parseLockfile', () => {
  it('lists packages with and without quotes and scopes, and nothing from other sections', () => {
    expect(parseLockfile(planted)).toEqual([
      { package: '@scope/old', version: '1.2.3' },
      { package: 'old', version: '4.9.9' },
      { package: 'old', version: '5.0.0-beta.1' },
    ]);
  });

  it('reads the packages section when it is the last one', () => {
    expect(parseLockfile('packages:\n\n  a@1.0.0:\n    engines: {}\n')).toEqual([
      { package: 'a', version: '1.0.0' },
    ]);
  });

  it.each(['', 'packages:\n', 'snapshots:\n\n  a@1.0.0: {}\n'])('throws when %j lists no package', (text) => {
    expect(() => parseLockfile(text)).toThrow('lists no packages');
  });
});

describe('findFloorProblems', () => {
  const problems = (...minimums: readonly string[]): readonly string[] =>
    findFloorProblems(parseLockfile(planted), [floor('old', ...minimums)]);

  it('names package, version, floor and reason', () => {
    expect(findFloorProblems(parseLockfile(planted), [floor('@scope/old', '1.2.4')])).toEqual([
      '@scope/old 1.2.3 is below 1.2.4: CVE-0000-00000',
    ]);
  });

  it.each([
    [['4.9.9'], 0],
    [['4.9.10'], 1],
    [['4.10.0'], 1],
    [['5.0.0'], 1],
    [['5.0.1'], 2],
    [['10.0.0'], 2],
    // Each release line has its own minimum, and a release line between two of them has no safe version.
    [['4.9.9', '5.0.0'], 0],
    [['4.10.0', '5.0.0'], 1],
    [['3.0.0', '5.0.0'], 1],
    [['3.0.0', '6.0.0'], 2],
    [['3.0.0'], 0],
  ])('with the minimums %j finds %d of 4.9.9 and 5.0.0-beta.1', (minimums, count) => {
    expect(problems(...minimums)).toHaveLength(count);
  });
});

describe('parseFloors', () => {
  it.each([
    [{}, 'empty or missing'],
    [{ floors: [] }, 'empty or missing'],
    [{ floors: [{ minimums: ['1.0.0'], reason: 'long enough' }] }, 'has no package name'],
    [{ floors: [{ ...floor('a', '1.0.0'), package: 'a b' }] }, 'has no package name'],
    [{ floors: [floor('a')] }, 'has no minimums'],
    [{ floors: [floor('a', '>=1.0')] }, 'is not a version'],
    [{ floors: [floor('a', '1.0')] }, 'is not a version'],
    [{ floors: [floor('a', '1.0.0', '1.2.0')] }, 'two minimums of one release line'],
    [{ floors: [{ ...floor('a', '1.0.0'), reason: '' }] }, 'has no reason'],
    [{ floors: [floor('a', '1.0.0'), floor('a', '2.0.0')] }, 'is listed twice'],
  ])('refuses %j', (value, why) => {
    expect(() => parseFloors(value)).toThrow(why);
  });
});

describe('findAddresses', () => {
  it.each([
    'resolution: {tarball: file:x.tgz}',
    'resolution: {integrity: sha512-x, tarball: https://registry.example/a.tgz}',
    "  'a@http://registry.example/a':",
    '  a@git+ssh://example/a:',
  ])('finds %s', (line) => {
    expect(findAddresses(`${planted}${line}\n`)).toEqual([line]);
  });

  it('finds nothing in a plain lockfile', () => {
    expect(findAddresses(planted)).toEqual([]);
  });
});
