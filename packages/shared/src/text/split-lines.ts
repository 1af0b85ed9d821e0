/** Longest line in characters; longer ones are split. */
const maxLineLength = 65_536;

export type LineSplitter = {
  add(piece: string): void;
  /** Passes on the last line when it has no line end. */
  end(): void;
};

/** Collects pieces of text and passes on whole lines without their line ends. */
export const createLineSplitter = (onLine: (line: string) => void): LineSplitter => {
  let rest = '';
  return {
    add(piece) {
      const lines = (rest + piece).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
      if (rest.length > maxLineLength) {
        onLine(rest);
        rest = '';
      }
    },
    end() {
      if (rest !== '') onLine(rest);
      rest = '';
    },
  };
};
