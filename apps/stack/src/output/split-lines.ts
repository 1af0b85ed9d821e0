/** Longest line that is waited for; longer ones are cut. */
const maxLineLength = 65_536;

/** Gathers pieces of text and hands on whole lines, without their ends. */
export const createLineSplitter = (
  onLine: (line: string) => void,
): { add(piece: string): void; end(): void } => {
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
