/** `pnpm tarballs [FOLDER]` makes the packages that people install without this repository. */
import { join, relative, resolve } from 'node:path';
import { packPackage } from './pack/pack-package.ts';
import { packedPackages } from './pack/packed-packages.ts';

const root = join(import.meta.dirname, '..');
const [folder = 'tarballs', ...others] = process.argv.slice(2);
if (others.length > 0 || folder.startsWith('-')) {
  console.error('tarballs: usage: pnpm tarballs [FOLDER]');
  process.exit(2);
}
const outDir = resolve(folder);
for (const one of packedPackages) {
  const { name, file, bytes } = packPackage(root, one, outDir);
  console.log(
    `${name.padEnd(24)}${`${Math.ceil(bytes / 1024)} KB`.padStart(8)}  ${relative(process.cwd(), file)}`,
  );
}
