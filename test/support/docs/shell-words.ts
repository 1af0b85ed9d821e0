/** One command of a shell line, as words without their quotes. */
export type ShellCommand = readonly string[];

const separators = new Set(['|', '||', '&&', ';', '&']);

const wordsOf = (line: string): readonly string[] =>
  [...line.matchAll(/(?:'[^']*'|"[^"]*"|\\.|[^\s'"\\])+/g)].map(([word]) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'),
  );

/**
 * The commands of some lines of shell: comments, variables in front and redirections left out. As much of the grammar
 * as documentation should use.
 */
export const parseShell = (text: string): readonly ShellCommand[] => {
  const commands: string[][] = [];
  for (const line of text.replace(/\\\n/g, ' ').split('\n')) {
    let current: string[] = [];
    commands.push(current);
    for (const word of wordsOf(line)) {
      if (word.startsWith('#')) break;
      if (separators.has(word)) {
        current = [];
        commands.push(current);
      } else if (current.length > 0 || !/^[A-Z_]+=/.test(word)) current.push(word);
    }
  }
  return commands.filter((command) => command.length > 0);
};
