import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Following, type FollowOptions, followFile } from '../../src/output/follow-file.ts';
import { useTempFolders } from '../support/temp-folder.ts';

const followed: Following[] = [];
afterEach(async () => {
  for (const following of followed.splice(0)) await following.stop();
});
// After the hook above: hooks run in this order, and the folders must outlive what uses them.
const makeFolder = useTempFolders();

const follow = async (path: string, options: Partial<FollowOptions> = {}) => {
  const lines: string[] = [];
  const following = await followFile(path, { onLine: (line) => void lines.push(line), ...options });
  followed.push(following);
  return { following, lines };
};

describe('following a file', () => {
  it('reads lines that are added', async () => {
    const path = join(makeFolder(), 'a.log');
    writeFileSync(path, 'old\n');
    const { following, lines } = await follow(path);
    appendFileSync(path, 'new\nha');
    appendFileSync(path, 'lf\n');
    await following.read();
    expect(lines).toEqual(['new', 'half']);
  });

  it('reads the existing lines with fromStart', async () => {
    const path = join(makeFolder(), 'a.log');
    writeFileSync(path, 'old\n');
    expect((await follow(path, { fromStart: true })).lines).toEqual(['old']);
  });

  it.each([
    ['a named pipe', (path: string) => execFileSync('mkfifo', [path])],
    ['a folder', (path: string) => mkdirSync(path)],
  ])('does not wait for %s in the place of the file', async (_what, create) => {
    const path = join(makeFolder(), 'a.log');
    create(path);
    const { following, lines } = await follow(path);
    rmSync(path, { recursive: true });
    writeFileSync(path, 'first\n');
    await following.read();
    expect(lines).toEqual(['first']);
  });

  it('reads a file that is created later', async () => {
    const path = join(makeFolder(), 'a.log');
    const { following, lines } = await follow(path);
    writeFileSync(path, 'first\n');
    await following.read();
    expect(lines).toEqual(['first']);
  });

  it('goes on with the new file after a rotation', async () => {
    const path = join(makeFolder(), 'a.log');
    writeFileSync(path, 'one\n');
    const { following, lines } = await follow(path, { fromStart: true });
    renameSync(path, `${path}.1`);
    writeFileSync(path, 'two\n');
    await following.read();
    expect(lines).toEqual(['one', 'two']);
  });

  it('truncates a file that is too long and goes on', async () => {
    const path = join(makeFolder(), 'a.log');
    writeFileSync(path, '0123456789\n');
    const { following, lines } = await follow(path, { fromStart: true, maxBytes: 5 });
    expect(statSync(path).size).toBe(0);
    appendFileSync(path, 'on\n');
    await following.read();
    expect(lines).toEqual(['0123456789', 'on']);
  });

  it('passes on a last line without a line end when it stops', async () => {
    const path = join(makeFolder(), 'a.log');
    writeFileSync(path, '');
    const { following, lines } = await follow(path);
    appendFileSync(path, 'last');
    await following.stop();
    expect(lines).toEqual(['last']);
  });
});
