import { optionOf } from '@tripod/shared/config/command-line';
import { createConfigSource } from '@tripod/shared/config/config-source';
import { resolveConfig } from '@tripod/shared/config/load-config';
import { environmentOf, hasFlag, type Setting, type Settings } from '@tripod/shared/config/settings';
import { Command, Option } from 'commander';
import type { CommandClient, CommandDefinition, SettingsPlace } from './command/command-definition.ts';
import { checkoutStateDir, stateDirSetting } from './definition/stack-settings.ts';
import { findLab } from './labs/lab-folder.ts';
import { labStateDir } from './labs/lab-state.ts';

export type ProgramOptions = SettingsPlace & {
  readonly commands: readonly CommandDefinition[];
  readonly workingDir: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly version?: string | undefined;
  /** Creates the client of a command for the stack of a state folder. */
  readonly createClient: (stateDir: string) => CommandClient;
  /** The state folder of a command that names neither a lab nor a folder. */
  readonly findStateDir: () => string;
};

/** Which stack a command is for; `up` takes the lab as its argument. */
const labSetting = {
  type: 'string',
  minLength: 1,
  environment: false,
  placeholder: 'lab',
  description: 'The lab whose stack is meant, by its name or folder; default: the one that runs',
} as const satisfies Setting;

const formatExamples = (commands: readonly CommandDefinition[]): string => {
  const lines = commands.map(({ example: [line, purpose] }) => [`pnpm stack ${line}`, purpose] as const);
  const width = Math.max(...lines.map(([line]) => line.length)) + 2;
  return `\nExamples:\n${lines.map(([line, purpose]) => `  ${line.padEnd(width)}${purpose}`).join('\n')}\n`;
};

const formatSecrets = (settings: Settings): string => {
  const secrets = Object.entries(settings).filter(([, { secret }]) => secret);
  if (secrets.length === 0) return '';
  const lines = secrets.map(([name, { description }]) => `  ${environmentOf(name)}  ${description}`);
  return `\nFrom the environment only:\n${lines.join('\n')}\n`;
};

const createOption = (name: string, setting: Setting, letter: string | undefined): Option => {
  const option = optionOf(name, setting);
  if (letter === undefined) return option;
  return new Option(`-${letter}, ${option.flags}`, option.description);
};

/** The command line of `stack`, made from the definitions of its commands. Its actions throw and print nothing else. */
export const createProgram = (options: ProgramOptions): Command => {
  const { commands, checkout, services, workingDir, environment, version, createClient, findStateDir } =
    options;
  const program = new Command('pnpm stack')
    .description('Starts, watches, scales and stops all of Tripod on one machine.')
    .addHelpText('after', formatExamples(commands))
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  if (version !== undefined) program.version(`stack ${version}`, '--version', 'Show the version');

  const stateDirOf = (lab: unknown): string =>
    lab === undefined
      ? findStateDir()
      : labStateDir(checkout, findLab(String(lab), { checkout, workingDir }).name);

  for (const definition of commands) {
    const { name, argument, description, letters = {}, run } = definition;
    const { findFile, isStackless } = definition;
    const settings: Settings = {
      ...definition.settings?.({ checkout, services }),
      ...(findFile || isStackless ? {} : { lab: labSetting }),
      ...(isStackless ? {} : { stateDir: stateDirSetting(checkout) }),
    };
    const command = program.command(argument === undefined ? name : `${name} ${argument}`);
    command.description(description({ checkout, services }));
    for (const [setting, one] of Object.entries(settings)) {
      if (hasFlag(one)) command.addOption(createOption(setting, one, letters[setting]));
    }
    const [line, purpose] = definition.example;
    command.addHelpText('after', `\nExample:\n  pnpm stack ${line}  ${purpose}\n`);
    command.addHelpText('after', formatSecrets(settings));
    command.action(async (...args: unknown[]) => {
      const typed = Object.entries(command.opts()).filter(
        ([setting]) => command.getOptionValueSource(setting) === 'cli',
      );
      const flags = Object.fromEntries(typed);
      const first = argument === undefined ? undefined : args[0];
      const typedArgument = Array.isArray(first) ? first.join(' ') : typeof first === 'string' ? first : '';
      const sources = { flags, environment, workingDir };
      const file = findFile?.({ argument: typedArgument, flags, checkout, workingDir });
      const { config } = file
        ? resolveConfig(settings, { ...sources, file })
        : createConfigSource(settings, sources).read();
      const chooseStateDir = (): string => {
        if (isStackless) return checkoutStateDir(checkout);
        if (findFile || flags['stateDir'] !== undefined) return String(config['stateDir']);
        return stateDirOf(config['lab']);
      };
      await run(createClient(chooseStateDir()), { argument: typedArgument, config });
    });
  }
  return program;
};
