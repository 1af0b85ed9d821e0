import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Whether the file system accepts names that are not UTF-8: those of macOS and Windows do not. */
export const hasByteNames = process.platform === 'linux';

/** 1000 bytes; each is the last digit of its position. */
export const digits = '0123456789'.repeat(100);

const files: Readonly<Record<string, string>> = {
  'index.html': '<!doctype html><title>home</title>',
  'style.css': 'body { color: red }',
  'script.js': 'export {};',
  'assets/app.3f2a9c1b.js': 'hashed',
  'a:b/index.html': 'a folder that is named like a scheme',
  'data.json': '{}',
  'picture.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  'digits.txt': digits,
  'empty.txt': '',
  'no-extension': 'bytes',
  'with space.txt': 'space',
  'fünke.txt': 'umlaut',
  '日本😀.txt': 'far',
  '100%.txt': 'percent',
  '%2e%2e': 'a name that looks like an encoded ..',
  'plus+semi;amp&eq=.txt': 'reserved',
  'question?.txt': 'question',
  'hash#.txt': 'hash',
  'folder/index.html': 'folder',
  'folder/inner.txt': 'inner',
  'with space/index.html': 'space folder',
  'evil.example/index.html': 'a folder that is named like a host',
  'bare/file.txt': 'no index here',
  'index-is-folder/index.html/inner.txt': 'deep',
  '.env': 'SECRET=1',
  '.git/config': '[secret]',
  'folder/.hidden': 'secret',
  '.well-known/security.txt': 'Contact: mailto:security@example.com',
  '.well-known/.hidden': 'secret',
  'folder/.well-known/security.txt': 'secret',
  livez: 'a file',
  metrics: 'a file',
  '../site-secret/secret.txt': 'secret',
  '../secret.txt': 'secret',
};

const links: Readonly<Record<string, string>> = {
  'link-inside.txt': 'digits.txt',
  'folder-link': 'folder',
  'link-outside.txt': '../secret.txt',
  'link-to-sibling.txt': '../site-secret/secret.txt',
  'folder-link-outside': '../site-secret',
  'link-to-parent': '..',
  'link-to-link-outside.txt': 'link-outside.txt',
  'link-to-itself': 'link-to-itself',
  'link-to-nothing': 'nowhere',
  'link-to-device': '/dev/zero',
};

export type Site = {
  readonly root: string;
  /** A folder beside the root, `site-secret`, whose name begins with the root's name. */
  readonly sibling: string;
  write(name: string, content: string | Buffer): void;
  /** Writes a sparse file of `bytes` bytes: zeros that take no space on the disk, then `end`. */
  writeSparse(name: string, bytes: number, end: string): void;
  remove(): void;
};

/** Creates a temporary folder with unusual file names, and secret files beside it. */
export const createSite = (): Site => {
  const parent = mkdtempSync(join(tmpdir(), 'tripod-site-'));
  const root = join(parent, 'site');
  const write = (name: string, content: string | Buffer): void => {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  };
  for (const [name, content] of Object.entries(files)) write(name, content);
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(root, name));
  symlinkSync(join(root, 'digits.txt'), join(root, 'absolute-link.txt'));
  execFileSync('mkfifo', [join(root, 'pipe')]);
  return {
    root,
    sibling: join(parent, 'site-secret'),
    write,
    writeSparse: (name, bytes, end) => {
      const file = openSync(join(root, name), 'w');
      writeSync(file, end, bytes - end.length);
      closeSync(file);
    },
    remove: () => rmSync(parent, { recursive: true, force: true }),
  };
};
