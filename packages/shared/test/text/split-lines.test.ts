import { describe, expect, it } from '@jest/globals';
import { createLineSplitter } from '@tripod/shared/text/split-lines';

describe('the line splitter', () => {
  it('assembles lines from pieces', () => {
    const lines: string[] = [];
    const splitter = createLineSplitter((line) => void lines.push(line));
    for (const piece of ['on', 'e\ntw', 'o\r\n\nthr', 'ee']) splitter.add(piece);
    splitter.end();
    expect(lines).toEqual(['one', 'two', '', 'three']);
  });

  it('splits a line that is too long', () => {
    const lines: string[] = [];
    const splitter = createLineSplitter((line) => void lines.push(line));
    splitter.add('x'.repeat(70_000));
    expect(lines).toHaveLength(1);
  });
});
