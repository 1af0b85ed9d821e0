import { Command, CommanderError, Option } from 'commander';
import { ConfigError } from './config-error.ts';
import {
  defaultTextOf,
  describeShape,
  environmentOf,
  flagOf,
  hasFlag,
  hasVariable,
  type Setting,
  type Settings,
  splitList,
  typedEnvironmentOf,
  typedFlagOf,
} from './settings.ts';

export type CommandLine = {
  readonly name: string;
  readonly description: string;
  readonly settings: Settings;
  /** Whole invocations, shown at the end of `--help`. */
  readonly examples: readonly string[];
  /** Names and descriptions of subcommands (`api-server migrate`). */
  readonly commands?: Readonly<Record<string, string>>;
  /** The operands of the subcommands that take some, in the notation of commander: `{ seed: '[rows...]' }`. */
  readonly operands?: Readonly<Record<string, string>>;
  /** Shown by `--version`. */
  readonly version?: string | undefined;
};

export type ParsedCommandLine = {
  readonly command: string | undefined;
  readonly flags: Readonly<Record<string, unknown>>;
  readonly operands: readonly string[];
  /** Set for `--help` and `--version`: print this and exit with code 0. */
  readonly help?: string;
};

/** Converts a setting to a commander option, with its default and its variable in the description. */
export const optionOf = (name: string, setting: Setting): Option => {
  const variable = !hasVariable(setting) ? '' : ` (${typedEnvironmentOf(name, setting)})`;
  const shown = setting.type === 'boolean' ? '' : defaultTextOf(setting);
  const fallback = shown === '' ? '' : ` [${shown}]`;
  const values = setting.enum ? `: ${setting.enum.join(', ')}` : '';
  const text = `${setting.description}${values}${fallback}${variable}`;
  if (setting.type === 'boolean') return new Option(typedFlagOf(name, setting), text);
  const placeholder = setting.placeholder ?? (setting.type === 'integer' ? 'number' : 'value');
  const option = new Option(`${flagOf(name)} <${placeholder}>`, text);
  if (setting.type === 'array') {
    option.argParser((text: string, earlier: readonly string[] | undefined) => [
      ...(earlier ?? []),
      ...splitList(setting, text),
    ]);
  }
  return option;
};

const environmentOnly = (settings: Settings): string => {
  const lines = Object.entries(settings)
    .filter(([, setting]) => setting.secret)
    .map(([name, setting]) => `  ${environmentOf(name)}  ${setting.description} (${describeShape(setting)})`);
  return lines.length === 0 ? '' : `\nFrom the environment only:\n${lines.join('\n')}\n`;
};

/** Commander suggests `--copies` for `--nope`. A typing error rarely changes the first letter. */
const isPlausible = (typed: string, names: string): boolean => {
  const firstLetter = (name: string): string | undefined => /[a-z]/i.exec(name.replace(/^--no-/, ''))?.[0];
  return names
    .replace(/^one of /, '')
    .split(', ')
    .every((name) => firstLetter(name) === firstLetter(typed));
};

/**
 * Turns commander's message into one sentence that points to `--help`. The part of an argument after `=` is left out,
 * because it may be a password.
 */
export const commandLineError = (
  name: string,
  args: readonly string[],
  error: CommanderError,
): ConfigError => {
  // For a missing subcommand commander has no error message of its own.
  let message =
    error.code === 'commander.help' ? 'a command is missing' : error.message.replace(/^error: /, '');
  for (const arg of args) {
    if (arg.startsWith('-') && arg.includes('='))
      message = message.replace(arg, arg.slice(0, arg.indexOf('=')));
  }
  message = message.replace(/\s*\(Did you mean (.*)\?\)/, (whole, names: string) => {
    const typed = /unknown \w+ '([^']*)'/.exec(message)?.[1] ?? '';
    return isPlausible(typed, names) ? whole : '';
  });
  const sentence = message.replace(/\s*\n\s*/g, ' ').replace(/\.$/, '');
  return new ConfigError([
    { source: 'The command line', problem: `is wrong: ${sentence}. See ${name} --help` },
  ]);
};

/**
 * Parses the arguments of a service's command with commander. Throws a ConfigError with one clear sentence on an
 * unknown flag, a missing value or an unexpected argument. Values stay text: `loadConfig` converts them to their types.
 */
export const parseCommandLine = (line: CommandLine, args: readonly string[]): ParsedCommandLine => {
  const program = new Command(line.name).description(line.description).exitOverride();
  program.helpOption('-h, --help', 'Show this help');
  if (line.version !== undefined) {
    program.version(`${line.name} ${line.version}`, '--version', 'Show the version');
  }
  let output = '';
  program.configureOutput({ writeOut: (text) => (output += text), writeErr: () => undefined });
  let command: string | undefined;
  let operands: readonly string[] = [];
  const withOptions = (command: Command): Command => {
    for (const [name, setting] of Object.entries(line.settings)) {
      if (hasFlag(setting)) command.addOption(optionOf(name, setting));
    }
    return command;
  };
  withOptions(program).action(() => undefined);
  const programs = [program];
  for (const [name, description] of Object.entries(line.commands ?? {})) {
    const sub = withOptions(program.command(name).description(description)).copyInheritedSettings(program);
    const operandsOfCommand = line.operands?.[name];
    if (operandsOfCommand !== undefined) sub.argument(operandsOfCommand);
    sub.action(() => {
      command = name;
      operands = sub.args;
    });
    programs.push(sub);
  }
  const examples = line.examples.map((example) => `  ${example}`).join('\n');
  program.addHelpText('after', `${environmentOnly(line.settings)}\nExamples:\n${examples}\n`);
  try {
    program.parse([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { command, flags: {}, operands, help: output };
    throw commandLineError(line.name, args, error);
  }
  // Commander sets defaults too (`--no-x` makes x true). Only flags that were typed may override the environment.
  const flags: Record<string, unknown> = {};
  for (const one of programs) {
    for (const [name, value] of Object.entries(one.opts<Record<string, unknown>>())) {
      if (one.getOptionValueSource(name) === 'cli') flags[name] = value;
    }
  }
  return { command, flags, operands };
};
