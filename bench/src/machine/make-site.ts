import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** Style rules that gzip compresses to about a fifth. */
const makeStyle = (bytes: number): string => {
  let text = '';
  for (let number = 0; text.length < bytes; number += 1) {
    const colour = ((number * 2_654_435_761) >>> 8).toString(16).padStart(6, '0').slice(0, 6);
    text += `.gallery-item-${number} { margin: ${number % 17}px; color: #${colour}; }\n`;
  }
  return text.slice(0, bytes);
};

/** Creates files of known sizes, with gzip versions for gzip_static of nginx. Returns their folder. */
export const makeSite = (parent: string): string => {
  const folder = join(parent, 'site');
  mkdirSync(folder);
  // When root starts nginx, the worker runs as another user.
  for (const one of [parent, folder]) chmodSync(one, 0o755);
  const page = `<!doctype html><title>Gallery</title><p>${'Pictures. '.repeat(60)}`.slice(0, 600);
  const style = makeStyle(50_000);
  writeFileSync(join(folder, 'small.html'), page);
  writeFileSync(join(folder, 'style.css'), style);
  writeFileSync(join(folder, 'style.css.gz'), gzipSync(style, { level: 9 }));
  writeFileSync(join(folder, 'picture.jpg'), randomBytes(5_000_000));
  return folder;
};
