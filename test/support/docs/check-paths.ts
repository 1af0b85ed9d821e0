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

/** Example names, and files that a user or a run creates. */
const isExample = (span: string): boolean =>
  ['index.ts', '0002-name.ts', 'static/', '_next/'].includes(span) ||
  /^(\.tripod|bench\/results)\//.test(span) ||
  /^(assets\/)?[\w-]+[.-][0-9a-f]{8}\.\w+$/.test(span);

/** Lists every file and folder of the repository. Folders end with a slash. */
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

/** Whether a span can only be a file or folder of the repository: it ends with a slash or a known extension. */
const isPath = (span: string): boolean =>
  /^\.?[\w@][\w@.-]*(\/[\w@.-]+)*(\/|\.(ts|js|mjs|cjs|json|md|css|html|conf|types|svg|yaml|yml))$/.test(span);

/** Paths from the root of the repository, also within commands. */
const fromRoot =
  /(?<![\w@.-]|(?<!\))\/)(?:apps|packages|deploy|docs|config|bench|conformance|scripts|assets|test|\.ci|\.github|\.githooks)\/[\w@./-]*[\w/]/g;

/** Checks every path in code. A span may leave out leading folders (`routing/`, `cli.ts`). */
export const checkPaths = (pages: readonly Page[], paths: readonly string[]): Checked => {
  const exists = (path: string): boolean =>
    paths.some((one) => one === path || one === `${path}/` || one.endsWith(`/${path}`));
  const existsFromRoot = (path: string): boolean => paths.includes(path) || paths.includes(`${path}/`);
  return lookThrough(pages, (markdown, { file }) => {
    const spans = markdown.spans.filter((span) => isPath(span) && !isExample(span));
    const whole = codeOf(markdown)
      .flatMap((code) => code.match(fromRoot) ?? [])
      .filter((path) => !isExample(path));
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
