import { describe, expect, it } from '@jest/globals';
import { findFolderCycles } from '../folder-cycles.ts';

const imports = (...pairs: readonly (readonly [from: string, to: string])[]) =>
  pairs.map(([from, to]) => ({ from, to }));

describe('findFolderCycles', () => {
  it('finds no cycle where imports point one way, and none within one folder', () => {
    const oneWay = imports(['a/one.ts', 'b/two.ts'], ['b/two.ts', 'c/three.ts'], ['a/one.ts', 'a/four.ts']);
    expect(findFolderCycles(oneWay)).toEqual([]);
  });

  it('finds a cycle of folders although no file imports itself through others', () => {
    const cycle = imports(['a/one.ts', 'b/two.ts'], ['b/other.ts', 'a/four.ts']);
    expect(findFolderCycles(cycle)).toEqual([cycle]);
  });

  it('finds a cycle between a folder and its subfolder', () => {
    const cycle = imports(['a/table.ts', 'a/rows/first.ts'], ['a/rows/first.ts', 'a/row.ts']);
    expect(findFolderCycles(cycle)).toHaveLength(1);
  });

  it('finds every separate cycle once, through three folders too', () => {
    const found = findFolderCycles(
      imports(
        ['a/1.ts', 'b/1.ts'],
        ['b/2.ts', 'c/1.ts'],
        ['c/2.ts', 'a/2.ts'],
        ['x/1.ts', 'y/1.ts'],
        ['y/2.ts', 'x/2.ts'],
      ),
    );
    expect(found.map(({ length }) => length)).toEqual([3, 2]);
  });
});
