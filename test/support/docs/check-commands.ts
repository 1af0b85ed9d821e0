import type { KnownCommand } from './known-commands.ts';
import { type Checked, lookThrough } from './look-through.ts';
import type { Page } from './read-pages.ts';
import { parseShell, type ShellCommand } from './shell-words.ts';

export type Commands = ReadonlyMap<string, KnownCommand>;

/** Other programs that pages may use. */
const programs: ReadonlySet<string> = new Set([
  'ab',
  'apt-get',
  'cd',
  'curl',
  'docker',
  'git',
  'kill',
  'make',
  'nginx',
  'npm',
  'sudo',
  'wrk',
]);

/** Commands of pnpm itself. */
const pnpmCommands: ReadonlySet<string> = new Set(['install']);

const flagFault = (
  name: string,
  words: readonly string[],
  flags: ReadonlySet<string>,
): string | undefined => {
  const wrong = words
    .map((word) => word.replace(/=.*/, ''))
    .find((word) => /^--?[a-z]/.test(word) && !flags.has(word));
  return wrong === undefined ? undefined : `${name} has no flag ${wrong}`;
};

const commandFault = (
  name: string,
  words: readonly string[],
  { flags, subcommands }: KnownCommand,
): string | undefined => {
  const [next = ''] = words;
  if (!subcommands || !/^[a-z]/.test(next)) return flagFault(name, words, flags);
  const own = subcommands.get(next);
  return own ? flagFault(`${name} ${next}`, words.slice(1), own) : `${name} has no command ${next}`;
};

/** Returns what is wrong with a command of a page; undefined when it is valid. */
const findCommandFault = ([first = '', ...words]: ShellCommand, commands: Commands): string | undefined => {
  if (first === 'npx') {
    const [yes, pnpm = '', ...rest] = words;
    if (yes !== '--yes' || !pnpm.startsWith('pnpm@12')) return 'npx must be called as: npx --yes pnpm@12 …';
    return findCommandFault(['pnpm', ...rest], commands);
  }
  if (first === 'pnpm') {
    const [name = '', ...rest] = words;
    if (pnpmCommands.has(name)) return undefined;
    const command = commands.get(name);
    return command ? commandFault(name, rest, command) : `pnpm has no script ${name}`;
  }
  const command = commands.get(first);
  if (command) return commandFault(first, words, command);
  return programs.has(first) ? undefined : `${first} is not a known program`;
};

/** Whether a span is a complete command and not only its name. */
const isCommand = (span: string): boolean =>
  /^(npx|pnpm|api-server|static-server|proxy|worker|stack) \S/.test(span);

/** Checks every command in shell blocks, and in spans that begin with a command of the repository. */
export const checkCommands = (pages: readonly Page[], commands: Commands): Checked =>
  lookThrough(pages, ({ blocks, spans }) => {
    const shell = blocks
      .filter(({ language }) => /^(sh|bash|shell|console)$/.test(language))
      .map(({ text }) => text);
    return parseShell([...shell, ...spans.filter(isCommand)].join('\n')).map((command) => ({
      what: command.join(' '),
      fault: findCommandFault(command, commands),
    }));
  });
