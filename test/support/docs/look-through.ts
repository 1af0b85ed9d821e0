import { type Markdown, parseMarkdown } from './parse-markdown.ts';
import type { Page } from './read-pages.ts';

/** Something that a page mentions, and what is wrong with it; undefined when it is right. */
export type Mention = { readonly what: string; readonly fault: string | undefined };

/** Everything that a check looked at, so that a check that matches nothing is not mistaken for one without faults. */
export type Checked = { readonly looked: readonly string[]; readonly faults: readonly string[] };

/** Collects the mentions and faults of every page. */
export const lookThrough = (
  pages: readonly Page[],
  mentionsOf: (markdown: Markdown, page: Page) => readonly Mention[],
): Checked => {
  const looked: string[] = [];
  const faults: string[] = [];
  for (const page of pages) {
    for (const { what, fault } of mentionsOf(parseMarkdown(page.text), page)) {
      looked.push(what);
      if (fault !== undefined) faults.push(`${page.file}: ${what}: ${fault}`);
    }
  }
  return { looked, faults };
};

/** Returns the text of all code spans and blocks. */
export const codeOf = ({ spans, blocks }: Markdown): readonly string[] => [
  ...spans,
  ...blocks.map(({ text }) => text),
];
