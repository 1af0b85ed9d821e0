import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '@tripod/testing/wait-for';
import { type Disk, nodeDisk } from '../../src/files/disk.ts';
import { maxTreeBytes } from '../../src/memory/preload.ts';
import { createSite, hasByteNames, type Site } from '../support/site.ts';
import { type StartedServer, startServer } from '../support/started-server.ts';

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

describe('preload', () => {
  it('loads and compresses every file that is neither hidden nor a link', async () => {
    site.write('text.txt', 'text '.repeat(1000));
    const server = await start(64 * mebibyte);
    const files = await server.server.preload();
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
    ['larger than 64 MiB', maxTreeBytes + 1, 256 * mebibyte],
    ['larger than its memory', 2 * mebibyte, mebibyte],
  ])('loads nothing in advance of a tree %s', async (_what, bytes, maxMemoryBytes) => {
    site.writeSparse('large.bin', bytes, '.');
    const server = await start(maxMemoryBytes);
    await expect(server.server.preload()).resolves.toBeUndefined();
    expect(opened).toEqual([]);
  });

  it('stops when the server stops', async () => {
    const server = await start(64 * mebibyte);
    const preloaded = server.server.preload();
    await server.stop();
    await preloaded;
    await waitFor('every descriptor to be closed', () => server.openFiles() === 0);
  });

  (hasByteNames ? it : it.skip)(
    'loads a file whose name is not UTF-8 (skipped except on Linux)',
    async () => {
      writeFileSync(
        Buffer.concat([Buffer.from(`${site.root}/caf`), Buffer.of(0xe9), Buffer.from('.txt')]),
        'one',
      );
      const server = await start(64 * mebibyte);
      await server.server.preload();
      for (const name of ['caf\udce9.txt', 'style.css']) expect(opened).toContain(name);
      opened = [];
      await expect(server.ask('/caf%E9.txt')).resolves.toMatchObject({ status: 200, body: 'one' });
      expect(opened).toEqual([]);
    },
  );

  it('loads the other files when a file is gone or a folder cannot be listed', async () => {
    site.write('gone.txt', 'gone');
    site.write('closed/inner.txt', 'inner');
    const fail = (code: string): Promise<never> => Promise.reject(Object.assign(new Error(code), { code }));
    const failing: Disk = {
      ...disk,
      list: (folder) => (folder.endsWith('/closed') ? fail('EACCES') : disk.list(folder)),
      stat: (path) => (path.endsWith('/gone.txt') ? fail('ENOENT') : disk.stat(path)),
    };
    started = await startServer({ root: site.root, maxMemoryBytes: 64 * mebibyte, disk: failing });
    const files = await started.server.preload();
    expect(files).toBe(new Set(opened).size);
    for (const name of ['style.css', 'folder/inner.txt']) expect(opened).toContain(name);
    expect(opened).not.toContain('closed/inner.txt');
  });

  it('rejects when the root cannot be listed', async () => {
    const server = await start(mebibyte);
    site.remove();
    await expect(server.server.preload()).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
