import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const cli = join(import.meta.dirname, '../src/cli.ts');

const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', timeout: 20_000 });

describe('the command stack', () => {
  it.each([
    [[], 'a command is missing'],
    [['nonsense'], "unknown command 'nonsense'"],
    [['up', '--prot', '1'], "unknown option '--prot' (Did you mean --port?)"],
    [['up', '--database-url=postgres://user:secret@db/x'], "unknown option '--database-url'"],
  ])('refuses %j with one sentence and exit code 2', (args, what) => {
    const { status, stdout, stderr } = run(...args);
    expect(stderr).toBe(`stack: The command line is wrong: ${what}. See stack --help\n`);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });

  it('shows its help, and ends well', () => {
    const { status, stdout, stderr } = run('--help');
    expect(stdout).toContain('Usage: stack');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});
