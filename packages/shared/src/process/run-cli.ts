import { flushCompileCache } from 'node:module';
import { type Clock, systemClock } from '../async/clock.ts';
import { type CommandLine, parseCommandLine } from '../config/command-line.ts';
import { ConfigError } from '../config/config-error.ts';
import { type ConfigSource, createConfigSource } from '../config/config-source.ts';
import type { ConfigOf, Settings } from '../config/settings.ts';
import { StartError } from '../errors/start-error.ts';
import type { Logger } from '../logging/logger.ts';
import { ListenError } from '../os/listen.ts';
import { type CliLogFormat, createCliLogger, type LogOutput } from './cli-logger.ts';
import { hasControllingTerminal } from './controlling-terminal.ts';
import { readVersion } from './read-version.ts';
import { stopWhenTold } from './stop-when-told.ts';
import type { ReadyReport } from './supervision.ts';
import { workingDir } from './working-dir.ts';

/** A started service. `stop` may be called again; each call resolves when the last response has been sent. */
export type RunningProcess = {
  /** Undefined for a service that does not listen. */
  readonly url?: string | undefined;
  readonly adminUrl?: string | undefined;
  stop(options: { readonly drainDelayMs: number }): Promise<void>;
  /** Takes up what is new in its config file. Never throws: what is wrong is logged, and the old values stay. */
  reload?(): void;
};

/** A started service that listens at an address. */
export type RunningService = RunningProcess & { readonly url: string };

/** What a service is given by its command. */
export type CliContext<S extends Settings = Settings> = {
  readonly logger: Logger;
  readonly clock: Clock;
  /** Prints one plain line on stdout, at once. */
  readonly print: (line: string) => void;
  /** The flags as they were typed, by the names of their settings. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** Where the configuration came from, to be read again. */
  readonly source: ConfigSource<S>;
};

type LoggedConfig = {
  readonly logFormat: CliLogFormat;
  /** A service that does not listen has none. */
  readonly drainDelayMs?: number;
};

export type Cli<S extends Settings> = CommandLine & {
  readonly settings: S;
  /** The name in front of each log line of the service, such as the copy's. Default: its own. */
  readonly loggerName?: (config: ConfigOf<S>) => string;
  /** Where log lines go. Default stdout. */
  readonly logTo?: LogOutput;
  readonly start: (config: ConfigOf<S>, context: CliContext<S>) => Promise<RunningProcess>;
  /** The service can reload: SIGHUP does it when there is a config file and no terminal whose end it would tell of. */
  readonly reloads?: true;
  /** What the further commands of the command line do; the process ends when they have. */
  readonly run?: Readonly<Record<string, (config: ConfigOf<S>, context: CliContext<S>) => Promise<void>>>;
};

const complain = (name: string, error: unknown): number => {
  if (error instanceof ConfigError) {
    for (const { source, problem } of error.problems) console.error(`${name}: ${source} ${problem}`);
    return 2;
  }
  if (error instanceof ListenError || error instanceof StartError) {
    console.error(`${name}: ${error.message}`);
    return 1;
  }
  console.error(`${name}: could not start:`, error);
  return 1;
};

/** A failure that no one caught leaves the process in an unknown state: say it and end; the stack restarts it. */
const endOnUncaught = (logger: Logger): void => {
  const crash = (error: unknown): void => {
    logger.error('uncaught: the process ends', { error });
    logger.flush();
    process.exit(1);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
};

/**
 * The whole life of a service's process: arguments, environment and config file → config → start → signals → stop.
 * Exit code 2 for a bad value, 1 for a start that failed, 0 after a stop in good order.
 */
export const runCli = async <const S extends Settings>(cli: Cli<S>): Promise<void> => {
  let logger: Logger | undefined;
  try {
    const [, script = '', ...args] = process.argv;
    const { command, flags, help } = parseCommandLine({ ...cli, version: readVersion(script) }, args);
    if (help !== undefined) {
      process.stdout.write(help);
      return;
    }
    const source = createConfigSource(cli.settings, {
      flags,
      environment: process.env,
      workingDir: workingDir(),
    });
    const { config } = source.read();
    const { logFormat, drainDelayMs = 0 } = config as ConfigOf<S> & LoggedConfig;
    // A further command is no copy of the service.
    logger = createCliLogger(command ?? cli.loggerName?.(config) ?? cli.name, logFormat, cli.logTo);
    endOnUncaught(logger);
    const print = (line: string): void => console.log(line);
    const context = { logger, clock: systemClock, print, flags, source };
    const run = command === undefined ? undefined : cli.run?.[command];
    if (run) {
      await run(config, context);
      logger.flush();
      return;
    }
    const reloadOnHangup = cli.reloads === true && source.file !== undefined && !hasControllingTerminal();
    const started = stopWhenTold({ logger, drainDelayMs, reloadOnHangup });
    const service = await cli.start(config, context);
    started(service);
    // Left to its end, as Node does it, this half second of work would count as time that the service takes to stop.
    flushCompileCache();
    const report: ReadyReport = { type: 'ready', url: service.url, adminUrl: service.adminUrl };
    // That the supervisor is gone is told by 'disconnect'; the report itself may be lost.
    process.send?.(report, undefined, undefined, () => undefined);
  } catch (error) {
    logger?.flush();
    process.exitCode = complain(cli.name, error);
    // What a failed start left open must not keep the process.
    process.exit();
  }
};
