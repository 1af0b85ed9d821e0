import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A page of documentation; `file` is relative to the checkout. */
export type Page = { readonly file: string; readonly text: string };

const patterns = [
  '*.md',
  'docs/**/*.md',
  'apps/*/README.md',
  'packages/*/README.md',
  'bench/README.md',
  'conformance/README.md',
];

export const readPages = (root: string): readonly Page[] =>
  patterns
    .flatMap((pattern) => globSync(pattern, { cwd: root }))
    .sort()
    .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));
