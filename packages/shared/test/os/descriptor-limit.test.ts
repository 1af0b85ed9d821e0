import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readDescriptorLimit } from '../../src/os/descriptor-limit.ts';

const dir = mkdtempSync(join(tmpdir(), 'descriptor-limit-'));
afterAll(() => rmSync(dir, { recursive: true }));

const readFrom = (line: string): number => {
  const file = join(dir, 'limits');
  writeFileSync(file, `Limit                     Soft Limit           Hard Limit           Units\n${line}\n`);
  return readDescriptorLimit(file);
};

describe('readDescriptorLimit', () => {
  it('reads the soft limit of Linux', () => {
    expect(readFrom('Max open files            256                  4096                 files')).toBe(256);
  });

  it.each([
    'Max open files            unlimited            unlimited            files',
    'Max processes 1 2 processes',
  ])('returns Infinity for %j', (line) => {
    expect(readFrom(line)).toBe(Number.POSITIVE_INFINITY);
  });

  it('returns Infinity where there is no such file', () => {
    expect(readDescriptorLimit(join(dir, 'missing'))).toBe(Number.POSITIVE_INFINITY);
  });
});
