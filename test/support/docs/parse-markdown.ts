export type CodeBlock = { readonly language: string; readonly text: string };

export type Markdown = {
  /** Text between single backticks, outside of blocks. */
  readonly spans: readonly string[];
  readonly blocks: readonly CodeBlock[];
  /** Targets of links and images. */
  readonly links: readonly string[];
  /** Anchors of the headings, as GitHub generates them. */
  readonly anchors: ReadonlySet<string>;
};

const fence = /^```(\w*)[^\n]*\n([\s\S]*?)^```$/gm;

const anchorsOf = (text: string): ReadonlySet<string> => {
  const anchors = new Set<string>();
  for (const [, heading = ''] of text.matchAll(/^#{1,6} (.+)$/gm)) {
    const slug = heading
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    let anchor = slug;
    for (let copy = 1; anchors.has(anchor); copy += 1) anchor = `${slug}-${copy}`;
    anchors.add(anchor);
  }
  return anchors;
};

/** Parses the subset of Markdown that the pages use. */
export const parseMarkdown = (text: string): Markdown => {
  const blocks = [...text.matchAll(fence)].map(([, language = '', body = '']) => ({ language, text: body }));
  const prose = text.replace(fence, '');
  return {
    spans: [...prose.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span.replace(/\s*\n\s*/g, ' ')),
    blocks,
    links: [...prose.replace(/`[^`]+`/g, '').matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target),
    anchors: anchorsOf(prose),
  };
};
