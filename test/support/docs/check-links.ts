import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Checked, lookThrough } from './look-through.ts';
import { parseMarkdown } from './parse-markdown.ts';
import type { Page } from './read-pages.ts';

const fileFault = (root: string, linked: string): string | undefined => {
  const absolute = join(root, linked);
  if (!existsSync(absolute)) return 'leads to nothing';
  return linked.endsWith('/') === statSync(absolute).isDirectory()
    ? undefined
    : 'a folder, and only a folder, ends in a slash';
};

const linkFault = (root: string, { file, text }: Page, target: string): string | undefined => {
  const [path = '', anchor] = target.split('#');
  const linked = join(dirname(file), path);
  const fault = path === '' ? undefined : fileFault(root, linked);
  if (fault !== undefined || anchor === undefined) return fault;
  const { anchors } = parseMarkdown(path === '' ? text : readFileSync(join(root, linked), 'utf8'));
  return anchors.has(anchor) ? undefined : `there is no heading for #${anchor}`;
};

/** Every link and picture that leads into the repository. */
export const checkLinks = (pages: readonly Page[], root: string): Checked =>
  lookThrough(pages, ({ links }, page) =>
    links
      .filter((target) => !/^[a-z]+:/.test(target))
      .map((what) => ({ what, fault: linkFault(root, page, what) })),
  );
