import { realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { rename, symlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Disk, nodeDisk, type OpenFile } from '../../src/files/disk.ts';
import { createFileFinder, type FoundFolder, isInside, resolvePath } from '../../src/path/file-finder.ts';
import { decodePath } from '../../src/path/request-target.ts';
import { createSite, type Site } from '../support/site.ts';

let site: Site;
beforeEach(() => {
  site = createSite();
});
afterEach(() => site.remove());

describe('isInside', () => {
  it.each([
    ['/srv/site', '/srv/site', true],
    ['/srv/site', '/srv/site/a/b', true],
    ['/srv/site', '/srv/site/..a', true],
    ['/', '/anything', true],
    ['/srv/site', '/srv/site-secret', false],
    ['/srv/site', '/srv/site-secret/a', false],
    ['/srv/site', '/srv/sit', false],
    ['/srv/site', '/srv', false],
    ['/srv/site', '/', false],
    ['/srv/site', '/srv/..site', false],
  ])('tells whether %s holds %s: %s', (folder, path, inside) => {
    expect(isInside(folder, path)).toBe(inside);
  });
});

describe('resolvePath', () => {
  const resolveIn = async (root: string, ...segments: string[]): Promise<string> =>
    (await resolvePath(nodeDisk, root, segments)).real;
  const resolve = (...segments: string[]): Promise<string> => resolveIn(site.root, ...segments);

  it.each([
    [['link-inside.txt'], 'digits.txt'],
    [['absolute-link.txt'], 'digits.txt'],
    [['folder-link', 'inner.txt'], 'folder/inner.txt'],
    [[], ''],
  ])('follows the links of %j inside the root', async (segments, real) => {
    await expect(resolve(...segments)).resolves.toBe(join(realpathSync(site.root), real));
  });

  it.each([
    [['link-outside.txt']],
    [['link-to-sibling.txt']],
    [['folder-link-outside']],
    [['folder-link-outside', 'secret.txt']],
    [['link-to-parent', 'secret.txt']],
    [['link-to-parent', 'site-secret', 'secret.txt']],
    [['link-to-link-outside.txt']],
    [['link-to-device']],
    // decodePath refuses these already; this is the second line of defence.
    [['..', 'site-secret', 'secret.txt']],
    [['folder', '..', '..', 'secret.txt']],
    [['..', 'does-not-exist.txt']],
  ])('refuses %j, which leaves the root, with 404', async (segments) => {
    await expect(resolve(...segments)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('never resolves a path of dots, slashes, links and names to a file outside the root', async () => {
    const pieces = [
      '.',
      '..',
      '/',
      '//',
      '%2e',
      '%2E',
      '%2f',
      '%5c',
      '\\',
      '%00',
      '%25',
      '%c0%ae',
      '%ff',
      'folder',
    ]
      .concat(['link-to-parent', 'folder-link-outside', 'link-outside.txt', 'site', '-secret', 'secret.txt'])
      .concat(['folder-link', 'inner.txt', '.well-known']);
    const realRoot = realpathSync(site.root);
    const spelling = fc
      .array(fc.constantFrom(...pieces), { maxLength: 12 })
      .map((some) => `/${some.join('')}`);
    let reached = 0;
    await fc.assert(
      fc.asyncProperty(spelling, async (path) => {
        try {
          const real = await resolve(...decodePath(path).segments);
          reached += 1;
          return isInside(realRoot, real);
        } catch {
          return true;
        }
      }),
      { numRuns: 3000 },
    );
    expect(reached).toBeGreaterThan(0);
  });

  it('follows a link that leads out of the root and back into it', async () => {
    await expect(resolve('link-to-parent', 'site', 'index.html')).resolves.toMatch(/site\/index\.html$/);
  });

  it('follows a root that is a link, even after the link was switched to another folder', async () => {
    const current = join(site.root, '..', 'current');
    await symlink(site.root, current);
    await expect(resolveIn(current, 'index.html')).resolves.toMatch(/site\/index\.html$/);
    await symlink(site.sibling, `${current}-next`);
    await rename(`${current}-next`, current);
    await expect(resolveIn(current, 'secret.txt')).resolves.toMatch(/site-secret\/secret\.txt$/);
    await expect(resolveIn(current, 'index.html')).rejects.toMatchObject({ code: 'ENOENT' });
    await unlink(current);
  });
});

const at = (name: string): string => join(site.root, name);

/** Opens a path, and calls `act` between resolving the path and opening the file. */
const openAfter = (path: string, act: () => void): Promise<OpenFile | FoundFolder> => {
  const disk: Disk = {
    ...nodeDisk,
    open: (real) => {
      act();
      return nodeDisk.open(real);
    },
  };
  return createFileFinder(disk, site.root).open(decodePath(path));
};

const contentOf = async (found: OpenFile | FoundFolder): Promise<string> => {
  if (found.kind !== 'open') throw new Error('a folder was found');
  const bytes = Buffer.alloc(100);
  const length = await found.file.read(bytes, 0);
  await found.file.close();
  return bytes.toString('latin1', 0, length);
};

// Only Linux reports the path of an open file, and has names that are not UTF-8.
const onLinux = process.platform === 'linux' ? it : it.skip;

describe('createFileFinder', () => {
  onLinux.each(['/bare/secret.txt', '/bare/sub'])(
    'refuses %s when a parent folder became a link out of the root after it was resolved',
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

  it('opens the file that took over the name after it was resolved', async () => {
    const found = await openAfter('/digits.txt', () => renameSync(at('data.json'), at('digits.txt')));
    await expect(contentOf(found)).resolves.toBe('{}');
  });

  it('opens a file whose parent folder became a link inside the root after it was resolved', async () => {
    site.write('elsewhere/inner.txt', 'elsewhere');
    const found = await openAfter('/folder/inner.txt', () => {
      rmSync(at('folder'), { recursive: true });
      symlinkSync('elsewhere', at('folder'));
    });
    await expect(contentOf(found)).resolves.toBe('elsewhere');
  });

  it('keeps reading a file that is deleted just after it was opened', async () => {
    const disk: Disk = {
      ...nodeDisk,
      open: async (real) => {
        const file = await nodeDisk.open(real);
        rmSync(real);
        return file;
      },
    };
    const found = await createFileFinder(disk, site.root).open(decodePath('/folder/inner.txt'));
    await expect(contentOf(found)).resolves.toBe('inner');
  });

  onLinux('opens a file and lists a folder whose names are not UTF-8', async () => {
    const bytes = Buffer.from('caf\xe9.txt', 'latin1');
    writeFileSync(Buffer.concat([Buffer.from(at('bare/')), bytes]), 'latin-1');
    const found = await createFileFinder(nodeDisk, site.root).open(decodePath('/bare/caf%E9.txt'));
    await expect(contentOf(found)).resolves.toBe('latin-1');
    const names = (await nodeDisk.list(at('bare'))).map(({ name }) => name);
    expect(names.toSorted()).toEqual(['caf\udce9.txt', 'file.txt']);
  });
});
