import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Disk, nodeDisk } from '../src/disk.ts';
import { createFileFinder, type FoundFolder, type OpenFile } from '../src/find-file.ts';
import { parsePath } from '../src/resolve-path.ts';
import { createSite, type Site } from './support/site.ts';

let site: Site;
beforeEach(() => {
  site = createSite();
});
afterEach(() => site.remove());

const at = (name: string): string => join(site.root, name);

/** Opens a path on a disk on which something happens between finding the path and opening it. */
const openAfter = (path: string, act: () => void): Promise<OpenFile | FoundFolder> => {
  const disk: Disk = {
    ...nodeDisk,
    open: (real) => {
      act();
      return nodeDisk.open(real);
    },
  };
  return createFileFinder(disk, site.root).open(parsePath(path));
};

const contentOf = async (found: OpenFile | FoundFolder): Promise<string> => {
  if (found.kind !== 'file') throw new Error('a folder was found');
  const bytes = Buffer.alloc(100);
  const length = await found.file.read(bytes, 0);
  await found.file.close();
  return bytes.toString('latin1', 0, length);
};

// Elsewhere an open file does not tell where it lies.
const onLinux = process.platform === 'linux' ? it : it.skip;

describe('a file that is found', () => {
  onLinux.each(['/bare/secret.txt', '/bare/sub'])(
    'is none when a folder on its way has become a link out of the root: %s',
    async (path) => {
      site.write('bare/secret.txt', 'harmless');
      site.write('bare/sub/file.txt', 'harmless');
      site.write('../site-secret/sub/file.txt', 'secret');
      const swap = (): void => {
        renameSync(at('bare'), at('bare-before'));
        symlinkSync(site.sibling, at('bare'));
      };
      await expect(openAfter(path, swap)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    },
  );

  it('is the one that has taken its name', async () => {
    const found = await openAfter('/digits.txt', () => renameSync(at('data.json'), at('digits.txt')));
    await expect(contentOf(found)).resolves.toBe('{}');
  });

  it('is one of the root when a folder on its way has become a link into it', async () => {
    site.write('elsewhere/inner.txt', 'elsewhere');
    const found = await openAfter('/folder/inner.txt', () => {
      rmSync(at('folder'), { recursive: true });
      symlinkSync('elsewhere', at('folder'));
    });
    await expect(contentOf(found)).resolves.toBe('elsewhere');
  });

  it('stays the same when it is deleted in that very moment', async () => {
    const disk: Disk = {
      ...nodeDisk,
      open: async (real) => {
        const file = await nodeDisk.open(real);
        rmSync(real);
        return file;
      },
    };
    const found = await createFileFinder(disk, site.root).open(parsePath('/folder/inner.txt'));
    await expect(contentOf(found)).resolves.toBe('inner');
  });
});
