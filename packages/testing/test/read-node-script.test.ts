import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readNodeScript } from '../src/read-node-script.ts';

let checkout: string;
beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'tripod-node-script-'));
});
afterEach(() => rmSync(checkout, { recursive: true }));

const write = (serve?: string): void =>
  writeFileSync(join(checkout, 'package.json'), JSON.stringify({ scripts: { serve } }));

describe('readNodeScript', () => {
  it.each([
    ['node a/b.js', []],
    ['node --one=8 --two a/b.js', ['--one=8', '--two']],
  ])('reads %s', (script, options) => {
    write(script);
    expect(readNodeScript(checkout, 'serve')).toEqual([...options, join(checkout, 'a/b.js')]);
  });

  it.each(['tsx a.ts', 'node', 'node --one', 'node a.js --flag', 'A=1 node a.js', undefined])(
    'refuses %s',
    (script) => {
      write(script);
      expect(() => readNodeScript(checkout, 'serve')).toThrow(
        'the script serve in package.json is not `node OPTIONS FILE`',
      );
    },
  );
});
