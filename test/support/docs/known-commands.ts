import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readExperiments } from '@tripod/experiment/definition/find-experiments';
import { experimentSettings } from '@tripod/experiment/settings';
import { loadSettings } from '@tripod/load/settings';
import { hasFlag, type Settings, typedFlagOf } from '@tripod/shared/config/settings';
import { findLabNames } from '@tripod/stack/labs/lab-folder';
import { benchSettings } from '../../../bench/src/bench-settings.ts';
import { listRunNames } from '../../../bench/src/find-runs.ts';
import { trialNames } from '../../../bench/src/trials.ts';
import { documentedServices, stackProgram } from '../../../scripts/documented-services.ts';

/** A command of the repository: its flags, and the words that may follow it. */
export type KnownCommand = {
  readonly flags: ReadonlySet<string>;
  /** Flags by subcommand. Undefined where any word may follow, such as a path. */
  readonly subcommands?: ReadonlyMap<string, ReadonlySet<string>> | undefined;
};

const alwaysKnown = ['--help', '-h'];

/** Servers, whose command line is read by `runCli`. */
const servers: ReadonlySet<string> = new Set(['proxy', 'api-server', 'static-server', 'worker']);

const flagsOf = (settings: Settings): readonly string[] =>
  Object.entries(settings)
    .filter(([, setting]) => hasFlag(setting))
    .map(([name, setting]) => typedFlagOf(name, setting));

const stackCommands = new Map(
  stackProgram.commands.map((command) => [
    command.name(),
    new Set([...command.options.flatMap(({ long, short }) => [long ?? '', short ?? '']), ...alwaysKnown]),
  ]),
);

/** Returns the scripts of the root package.json, except those that pnpm runs by itself. */
export const readRootScripts = (root: string): readonly string[] => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  return Object.keys(scripts).filter((name) => name !== 'prepare');
};

/** Returns what may follow `pnpm`, and what may be typed alone when it is on the PATH. */
export const knownCommands = (root: string): ReadonlyMap<string, KnownCommand> => {
  const commands = new Map<string, KnownCommand>();
  for (const name of readRootScripts(root)) commands.set(name, { flags: new Set(alwaysKnown) });
  for (const { command, settings, commands: further = {} } of documentedServices) {
    const flags = new Set([
      ...flagsOf(settings),
      ...alwaysKnown,
      ...(servers.has(command) ? ['--version'] : []),
    ]);
    const words = command === 'dev' ? [...findLabNames(root), './my-lab'] : Object.keys(further);
    const subcommands = new Map(words.map((name) => [name, flags]));
    commands.set(command, { flags, subcommands });
  }
  const load = new Set([...flagsOf(loadSettings), ...alwaysKnown]);
  commands.set('load', {
    flags: load,
    subcommands: new Map<string, ReadonlySet<string>>([
      ...[...findLabNames(root), './my-lab'].map((name) => [name, load] as const),
      ['compare', new Set(alwaysKnown)],
    ]),
  });
  const experiment = new Set([...flagsOf(experimentSettings), ...alwaysKnown]);
  commands.set('experiment', {
    flags: experiment,
    subcommands: new Map(readExperiments(root).map(({ name }) => [name, experiment])),
  });
  const bench = new Set([...flagsOf(benchSettings), ...alwaysKnown]);
  commands.set('bench', {
    flags: bench,
    subcommands: new Map([...listRunNames(), ...trialNames].map((name) => [name, bench])),
  });
  commands.set('seed', { flags: stackCommands.get('seed') ?? new Set() });
  commands.set('stack', { flags: new Set(alwaysKnown), subcommands: stackCommands });
  commands.set('conformance', { flags: new Set(['--only', '--write']) });
  commands.set('write-docs', { flags: new Set(['--check']) });
  return commands;
};

/** Returns every flag of every command. */
export const ownFlags = (root: string): ReadonlySet<string> =>
  new Set(
    [...knownCommands(root).values()].flatMap(({ flags, subcommands }) => [
      ...flags,
      ...[...(subcommands?.values() ?? [])].flatMap((set) => [...set]),
    ]),
  );
