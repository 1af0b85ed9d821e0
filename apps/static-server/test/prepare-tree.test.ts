import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '@tripod/testing/wait-for';
import { type Disk, nodeDisk } from '../src/disk.ts';
import { maxTreeBytes } from '../src/prepare-tree.ts';
import { createSite, type Site } from './support/site.ts';
import { type StartedServer, startServer } from './support/started-server.ts';

const mebibyte = 1024 * 1024;

let site: Site;
let opened: string[];
let started: StartedServer | undefined;

const disk: Disk = {
  ...nodeDisk,
  open: (path) => {
    opened.push(path.replace(/^.*\/site\//, ''));
    return nodeDisk.open(path);
  },
};

const start = async (maxMemoryBytes: number): Promise<StartedServer> => {
  started = await startServer({ root: site.root, maxMemoryBytes, disk });
  return started;
};

beforeEach(() => {
  site = createSite();
  opened = [];
});

afterEach(async () => {
  await started?.stop();
  site.remove();
});

describe('prepare', () => {
  it('reads each file, none that is hidden and no link, and compresses what it has read', async () => {
    site.write('text.txt', 'text '.repeat(1000));
    const server = await start(64 * mebibyte);
    const files = await server.server.prepare();
    expect(files).toBe(new Set(opened).size);
    for (const name of ['text.txt', 'folder/inner.txt', 'with space.txt', '.well-known/security.txt']) {
      expect(opened).toContain(name);
    }
    expect(opened.filter((name) => /link|\/\.|^\.(?!well-known)|pipe|secret/.test(name))).toEqual([]);
    opened = [];
    const answer = await server.ask('/text.txt', ['Accept-Encoding: br']);
    expect(answer.headers['content-encoding']).toBe('br');
    expect(opened).toEqual([]);
    expect(server.openFiles()).toBe(0);
  });

  it.each([
    ['of more than 64 MiB', maxTreeBytes + 1, 256 * mebibyte],
    ['of more than it may keep', 2 * mebibyte, mebibyte],
  ])('leaves a tree %s for when it is asked for', async (_what, bytes, maxMemoryBytes) => {
    site.writeSparse('large.bin', bytes, '.');
    const server = await start(maxMemoryBytes);
    await expect(server.server.prepare()).resolves.toBeUndefined();
    expect(opened).toEqual([]);
  });

  it('ends when the server stops', async () => {
    const server = await start(64 * mebibyte);
    const prepared = server.server.prepare();
    await server.stop();
    await prepared;
    await waitFor('every descriptor to be closed', () => server.openFiles() === 0);
  });

  it('rejects when the folder can not be read', async () => {
    const server = await start(mebibyte);
    site.remove();
    await expect(server.server.prepare()).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
