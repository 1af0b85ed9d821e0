import { optionOf } from '@tripod/shared/config/command-line';
import { ConfigError } from '@tripod/shared/config/config-error';
import { loadConfig } from '@tripod/shared/config/load-config';
import type { ConfigOf, Settings } from '@tripod/shared/config/settings';
import { Command } from 'commander';
import { ask, type CommandContext } from './commands/command-context.ts';
import { runDown } from './commands/down.ts';
import { runLogs } from './commands/logs.ts';
import { runPs } from './commands/ps.ts';
import { maxCopies, stateDirSetting, type UpConfig, upSettings } from './settings.ts';

export type ProgramActions = {
  contextOf(stateDir: string): CommandContext;
  up(config: UpConfig): Promise<void>;
  reset(context: CommandContext, options: { readonly yes: boolean }): Promise<void>;
};

export type ProgramOptions = {
  readonly checkout: string;
  readonly workingDir: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly actions: ProgramActions;
};

const examples = `
Examples:
  pnpm dev                      start everything and watch it (the same as: pnpm stack up)
  pnpm dev --proxy nginx        with nginx in front instead of our proxy
  pnpm stack ps                 what runs, and what the proxy says of each copy
  pnpm stack scale api=5        five copies; no request is lost on the way up or down
  pnpm stack restart api        renew the copies one by one, under load
  pnpm stack kill api-2         kill -9, and watch the proxy and the stack get over it
  pnpm stack stop api-2         take a copy out by hand, and bring it back: pnpm stack start api-2
  pnpm stack logs api-2 -f      follow what it writes
  pnpm stack down               stop everything
  pnpm stack reset              begin with an empty database
`;

/** `api=5` → 5. Throws a ConfigError. */
const parseScale = (text: string): number => {
  const count = Number(/^api=(\d{1,3})$/.exec(text)?.[1] ?? Number.NaN);
  if (count >= 0 && count <= maxCopies) return count;
  const problem = `must be called like: pnpm stack scale api=5, with a number from 0 to ${maxCopies}`;
  throw new ConfigError([{ source: 'scale', problem }]);
};

const logsSettings = {
  lines: { type: 'integer', minimum: 0, maximum: 100_000, default: 50, description: '', environment: false },
} as const satisfies Settings;

/** The command line of `stack`, with commander. Its actions throw; nothing is printed but help and results. */
export const createProgram = ({ checkout, workingDir, environment, actions }: ProgramOptions): Command => {
  const program = new Command('pnpm stack')
    .description('Starts, watches, scales and stops the whole of Tripod on one machine.')
    .addHelpText('after', examples)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });

  const typed = (command: Command): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(command.opts()).filter(([name]) => command.getOptionValueSource(name) === 'cli'),
    );
  const configOf = <const S extends Settings>(settings: S, command: Command): ConfigOf<S> =>
    loadConfig(settings, { flags: typed(command), environment, workingDir });

  const stateDir = { stateDir: stateDirSetting(checkout) };
  /** A command that speaks to the stack of a state folder; `act` is given its argument, if it has one. */
  const add = (
    usage: string,
    description: string,
    act: (context: CommandContext, argument: string, command: Command) => Promise<unknown>,
  ): Command =>
    program
      .command(usage)
      .description(description)
      .addOption(optionOf('stateDir', stateDir.stateDir))
      .action(async (...args: unknown[]) => {
        const command = args.at(-1) as Command;
        const argument = args.length > 2 ? String(args[0]) : '';
        await act(actions.contextOf(configOf(stateDir, command).stateDir), argument, command);
      });

  const settings = upSettings(checkout);
  const up = program.command('up').description('Start everything and watch over it until Ctrl-C');
  for (const [name, setting] of Object.entries(settings)) {
    if (!('secret' in setting)) up.addOption(optionOf(name, setting));
  }
  const databaseHelp = `\nFrom the environment only:\n  DATABASE_URL  ${settings.databaseUrl.description}\n`;
  up.addHelpText('after', databaseHelp).action(async (_options, command: Command) => {
    await actions.up(configOf(settings, command));
  });

  add('ps', 'Show every process: a table on a terminal, NDJSON in a pipe', runPs);
  add('scale <api=N>', `Run N copies of the API server, 0 to ${maxCopies}`, (context, text) =>
    ask(context, { command: 'scale', count: parseScale(text) }),
  );
  add('restart <name>', 'Renew a process, or with api all copies one by one', (context, name) =>
    ask(context, { command: 'restart', name }),
  );
  add('stop <name>', 'Stop a process; it stays down until it is started', (context, name) =>
    ask(context, { command: 'stop', name }),
  );
  add('start <name>', 'Start a process that was stopped or kept dying', (context, name) =>
    ask(context, { command: 'start', name }),
  );
  add('kill <name>', 'Kill a process by SIGKILL; the stack starts it again', (context, name) =>
    ask(context, { command: 'kill', name }),
  );
  add('logs <name>', 'Show the last lines that a process wrote', (context, name, command) => {
    const { lines } = configOf(logsSettings, command);
    return runLogs(context, { name, lines, follow: command.opts()['follow'] === true });
  })
    .option('-f, --follow', 'go on with what it writes from now on')
    .option('-n, --lines <number>', 'how many lines [50]');
  add('down', 'Stop the running stack and wait for it', runDown);
  add('reset', 'Empty the database from npm', (context, _argument, command) =>
    actions.reset(context, { yes: command.opts()['yes'] === true }),
  ).option('--yes', 'do not ask');
  return program;
};
