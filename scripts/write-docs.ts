/** `pnpm write-docs` writes the generated pages. With `--check` it only reports which are stale. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderDocs } from './generated-docs.ts';

const root = join(import.meta.dirname, '..');

const isStale = (file: string, text: string): boolean => {
  const path = join(root, file);
  return !existsSync(path) || readFileSync(path, 'utf8') !== text;
};

const args = process.argv.slice(2);
const check = args[0] === '--check';
if (args.length > (check ? 1 : 0)) {
  console.error(`write-docs: unknown arguments ${args.join(' ')}; usage: pnpm write-docs [--check]`);
  process.exit(2);
}
const stale = renderDocs().filter(({ file, text }) => isStale(file, text));
for (const { file, text } of stale) {
  if (!check) writeFileSync(join(root, file), text);
  console.log(check ? `${file} is stale; run: pnpm write-docs` : `wrote ${file}`);
}
if (stale.length === 0) console.log('the generated pages are up to date');
if (check && stale.length > 0) process.exitCode = 1;
