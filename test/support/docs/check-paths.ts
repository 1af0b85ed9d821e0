import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Checked, codeOf, lookThrough } from './look-through.ts';
import type { Page } from './read-pages.ts';

const skipped: ReadonlySet<string> = new Set([
  'node_modules',
  '.git',
  '.tripod',
  '.turbo',
  'coverage',
  'results',
]);

/** Names that pages give to say that there is no such file, and files that a person or a run makes. */
const isNotOurs = (span: string): boolean =>
  span === 'index.ts' || /^(\.tripod|bench\/results)\//.test(span) || /^[\w-]+\.[0-9a-f]{8}\.\w+$/.test(span);

/** Every file and folder of the checkout; folders end in a slash. */
export const listPaths = (root: string): readonly string[] => {
  const paths: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      if (skipped.has(entry.name)) continue;
      const path = `${folder}${entry.name}`;
      paths.push(entry.isDirectory() ? `${path}/` : path);
      if (entry.isDirectory()) walk(`${path}/`);
    }
  };
  walk('');
  return paths;
};

/** A span that can only be a file or a folder of ours: it ends in a slash or in one of our extensions. */
const isPath = (span: string): boolean =>
  /^\.?[\w@][\w@.-]*(\/[\w@.-]+)*(\/|\.(ts|js|mjs|cjs|json|md|css|html|conf|types|svg|yaml|yml))$/.test(span);

/** Paths from the root, also within commands. */
const fromRoot =
  /(?<![\w@.-]|(?<!\))\/)(?:apps|packages|docs|config|bench|conformance|scripts|assets|test|\.ci|\.github|\.githooks)\/[\w@./-]*[\w/]/g;

/** Every path in code. Spans may leave out the folders in front (`routing/`, `cli.ts`). */
export const checkPaths = (pages: readonly Page[], paths: readonly string[]): Checked => {
  const exists = (path: string): boolean =>
    paths.some((one) => one === path || one === `${path}/` || one.endsWith(`/${path}`));
  const existsFromRoot = (path: string): boolean => paths.includes(path) || paths.includes(`${path}/`);
  return lookThrough(pages, (markdown, { file }) => {
    const spans = markdown.spans.filter((span) => isPath(span) && !isNotOurs(span));
    const whole = codeOf(markdown)
      .flatMap((code) => code.match(fromRoot) ?? [])
      .filter((path) => !isNotOurs(path));
    const here = file.replace(/[^/]*$/, '');
    return [
      ...spans.map((what) => ({ what, fault: exists(what) ? undefined : 'there is no such file or folder' })),
      ...whole.map((what) => ({
        what,
        fault:
          existsFromRoot(what) || existsFromRoot(`${here}${what}`)
            ? undefined
            : 'there is no such file or folder',
      })),
    ];
  });
};
