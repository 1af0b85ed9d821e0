import { realpathSync } from 'node:fs';
import { rename, symlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nodeDisk } from '../src/disk.ts';
import { isInside, parsePath, resolvePath } from '../src/resolve-path.ts';
import { createSite, type Site } from './support/site.ts';

const codeOf = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return undefined;
};

describe('parsePath', () => {
  it.each([
    ['/', [], true],
    ['//', [], true],
    ['/a', ['a'], false],
    ['/a/', ['a'], true],
    ['//a///b', ['a', 'b'], false],
    ['/a%20b', ['a b'], false],
    ['/a+b', ['a+b'], false],
    ['/f%C3%BCnke', ['fünke'], false],
    ['/100%25', ['100%'], false],
    ['/%252e%252e', ['%2e%2e'], false],
    ['/%252f', ['%2f'], false],
    ['/a..b/c...', ['a..b', 'c...'], false],
    ['/.well-known/security.txt', ['.well-known', 'security.txt'], false],
    ['/%2ewell-known/a', ['.well-known', 'a'], false],
    ['/a;b=c,d:e@f', ['a;b=c,d:e@f'], false],
  ])('reads %j', (path, segments, isFolder) => {
    expect(parsePath(path)).toEqual({ segments, isFolder });
  });

  it.each(['/%', '/a%2', '/%zz', '/%u0041', '/a%', '/%-1', '/a\\b', '/..\\..\\secret.txt', '/\\'])(
    'refuses %j as malformed',
    (path) => {
      expect(codeOf(() => parsePath(path))).toBe('STATIC_PATH_INVALID');
    },
  );

  it.each([
    '/..',
    '/../secret.txt',
    '/folder/../../secret.txt',
    '/folder/..',
    '/.',
    '/./index.html',
    '/%2e%2e/secret.txt',
    '/%2E%2E/secret.txt',
    '/.%2e/secret.txt',
    '/%2e./secret.txt',
    '/..%2fsecret.txt',
    '/..%2Fsecret.txt',
    '/%2e%2e%2fsecret.txt',
    '/folder%2finner.txt',
    '/..%5csecret.txt',
    '/folder%5Cinner.txt',
    '/index.html%00',
    '/%00',
    '/index.html%00.txt',
    '/%c0%ae%c0%ae/secret.txt',
    '/%c0%af',
    '/%ff',
    '/%ed%a0%80',
    '/...',
    '/.../secret.txt',
    '/.env',
    '/%2eenv',
    '/.git/config',
    '/folder/.hidden',
    '/.well-known/.hidden',
    '/folder/.well-known/security.txt',
    '/.well-known/../.env',
    '/.well-known2/a',
    '/.WELL-KNOWN/security.txt',
    '//.env',
  ])('says that there is nothing at %j', (path) => {
    expect(codeOf(() => parsePath(path))).toBe('NOT_FOUND');
  });
});

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
  ])('of %s and %s is %s', (folder, path, inside) => {
    expect(isInside(folder, path)).toBe(inside);
  });
});

describe('resolvePath', () => {
  let site: Site;
  beforeAll(() => {
    site = createSite();
  });
  afterAll(() => site.remove());

  const resolveIn = async (root: string, ...segments: string[]): Promise<string> =>
    (await resolvePath(nodeDisk, root, segments)).real;
  const resolve = (...segments: string[]): Promise<string> => resolveIn(site.root, ...segments);

  it.each([
    [['link-inside.txt'], 'digits.txt'],
    [['absolute-link.txt'], 'digits.txt'],
    [['folder-link', 'inner.txt'], 'folder/inner.txt'],
    [[], ''],
  ])('follows %j to what lies in the root', async (segments, real) => {
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
    // Never let through by parsePath; this is the second wall.
    [['..', 'site-secret', 'secret.txt']],
    [['folder', '..', '..', 'secret.txt']],
    [['..', 'whose-absence-nobody-may-learn.txt']],
  ])('finds nothing at %j, which leaves the root', async (segments) => {
    await expect(resolve(...segments)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('leads out of the root by no string of dots, slashes, links and names', async () => {
    const pieces = ['.', '..', '/', '//', '%2e', '%2E', '%2f', '%5c', '\\', '%00', '%25', '%c0%ae', 'folder']
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
          const real = await resolve(...parsePath(path).segments);
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

  it('lets a link lead out of the root and back into it', async () => {
    await expect(resolve('link-to-parent', 'site', 'index.html')).resolves.toMatch(/site\/index\.html$/);
  });

  it('follows a root that is a link, also when it is swapped for another one', async () => {
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
