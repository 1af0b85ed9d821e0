/** One command of a shell line, as words without quotes. */
export type ShellCommand = readonly string[];

const separators = new Set(['|', '||', '&&', ';', '&']);

const wordsOf = (line: string): readonly string[] =>
  [...line.matchAll(/(?:'[^']*'|"[^"]*"|\\.|[^\s'"\\])+/g)].map(([word]) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'),
  );

/**
 * Splits shell lines into commands. Comments, leading variables and redirections are left out. It knows only the part
 * of the shell grammar that documentation uses.
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
