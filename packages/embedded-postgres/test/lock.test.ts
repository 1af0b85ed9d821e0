import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { takeLock } from '../src/lock.ts';

describe('takeLock', () => {
  let folder: string;
  let file: string;
  const holders: ChildProcess[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tripod-lock-'));
    file = join(folder, 'lock');
  });
  afterEach(() => {
    for (const holder of holders.splice(0)) holder.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  const startHolder = async (): Promise<{ holder: ChildProcess; said: string }> => {
    const program = join(import.meta.dirname, 'fixtures/lock-holder.ts');
    const holder = spawn(process.execPath, [program, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    holders.push(holder);
    const [said] = (await once(createInterface({ input: holder.stdout }), 'line')) as [string];
    return { holder, said };
  };

  it('gives the lock to exactly one of several processes that ask at the same moment', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(startHolder));
    expect(answers.map(({ said }) => said).sort()).toEqual(['busy', 'busy', 'busy', 'taken']);
  });

  it('gives the lock to exactly one of two threads that ask at the same moment', async () => {
    const rounds = 150;
    const program = join(import.meta.dirname, 'fixtures/lock-race.ts');
    const race = spawn(process.execPath, [program, file, String(rounds)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    holders.push(race);
    const [line] = (await once(createInterface({ input: race.stdout }), 'line')) as [string];
    expect(JSON.parse(line)).toEqual(new Array<number>(rounds).fill(1));
  });

  it('releases the lock as soon as its holder is killed', async () => {
    const { holder } = await startHolder();
    expect(takeLock(file)).toBeUndefined();
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const lock = takeLock(file);
    expect(lock).toBeDefined();
    lock?.release();
  });

  it('lets no other user read the file, who could hold a shared lock on it', () => {
    takeLock(file)?.release();
    const created = statSync(file).mode & 0o777;
    chmodSync(file, 0o644);
    takeLock(file)?.release();
    expect([created, statSync(file).mode & 0o777]).toEqual([0o600, 0o600]);
  });

  it('takes a file with other content, and keeps the lock of a process in the same file', async () => {
    writeFileSync(file, 'x'.repeat(5000));
    takeLock(file)?.release();
    expect(statSync(file).size).toBe(0);
    await startHolder();
    expect(takeLock(file)).toBeUndefined();
  });

  it.each([
    ['a folder', (path: string) => mkdirSync(path)],
    ['a named pipe', (path: string) => execFileSync('mkfifo', [path])],
  ])('refuses %s in one sentence', (_what, create) => {
    create(file);
    expect(() => takeLock(file)).toThrow(`${file} is no plain file: move it away, and start again.`);
  });

  it('can take the lock again after a release, and takes an existing file that is not locked', () => {
    writeFileSync(file, '');
    takeLock(file)?.release();
    const lock = takeLock(file);
    expect(lock).toBeDefined();
    lock?.release();
  });
});
