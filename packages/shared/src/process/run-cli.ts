import nodeModule from 'node:module';
import { type Clock, systemClock } from '../async/clock.ts';
import { type CommandLine, parseCommandLine } from '../config/command-line.ts';
import { ConfigError } from '../config/config-error.ts';
import { type ConfigSource, createConfigSource } from '../config/config-source.ts';
import type { ConfigOf, Settings } from '../config/settings.ts';
import { StartError } from '../errors/start-error.ts';
import type { FaultTarget } from '../faults/fault.ts';
import { createFaultInjector } from '../faults/inject-faults.ts';
import type { Logger } from '../logging/logger.ts';
import { ListenError } from '../os/listen.ts';
import { carryOutTasks } from './carry-out-tasks.ts';
import { type CliLogFormat, createCliLogger, type LogOutput } from './cli-logger.ts';
import { hasControllingTerminal } from './controlling-terminal.ts';
import { checkHealth, healthcheckCommands, isListening } from './healthcheck.ts';
import { notifyServiceManager } from './notify-service-manager.ts';
import { readVersion } from './read-version.ts';
import { handleStopSignals } from './stop-signals.ts';
import type { ReadyReport } from './supervision.ts';
import { workingDir } from './working-dir.ts';

/** A started service. `stop` may be called again; each call resolves when the last response has been sent. */
export type RunningProcess = {
  /** Undefined for a service that does not listen. */
  readonly url?: string | undefined;
  readonly adminUrl?: string | undefined;
  stop(options: { readonly drainDelayMs: number }): Promise<void>;
  /** The HTTP server in which faults can be injected for a demonstration. Undefined for a service without one. */
  readonly faultTarget?: FaultTarget;
  /** Reloads the config file. Never throws: an invalid file is logged, and the old values stay in force. */
  reload?(): void;
};

/** A started service that listens at an address. */
export type RunningService = RunningProcess & { readonly url: string };

/** What `runCli` passes to a service or subcommand. */
export type CliContext<S extends Settings = Settings> = {
  readonly logger: Logger;
  readonly clock: Clock;
  /** Prints one plain line on stdout, at once. */
  readonly print: (line: string) => void;
  /** The flags that were typed, by the names of their settings. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** The words after the subcommand, such as `posts=100`. Empty for a subcommand that takes no operands. */
  readonly operands: readonly string[];
  /** The source of the configuration, which can be read again. */
  readonly source: ConfigSource<S>;
};

type LoggedConfig = {
  readonly logFormat: CliLogFormat;
  /** Undefined for a service that does not listen. */
  readonly drainDelayMs?: number;
};

export type Cli<S extends Settings> = CommandLine & {
  readonly settings: S;
  /** The name in each log line, such as that of the copy. Default: the name of the service. */
  readonly loggerName?: (config: ConfigOf<S>) => string;
  /** Where log lines go. Default stdout. */
  readonly logTo?: LogOutput;
  readonly start: (config: ConfigOf<S>, context: CliContext<S>) => Promise<RunningProcess>;
  /** The service can reload. SIGHUP then reloads it if it has a config file and no controlling terminal. */
  readonly reloads?: true;
  /** The subcommands by name. The process ends when the subcommand has finished. */
  readonly run?: Readonly<Record<string, (config: ConfigOf<S>, context: CliContext<S>) => Promise<void>>>;
};

const reportStartFailure = (name: string, error: unknown): number => {
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

/** An uncaught error leaves the process in an unknown state: log it and exit. The stack then restarts the process. */
const endOnUncaught = (logger: Logger): void => {
  const crash = (error: unknown): void => {
    logger.error('uncaught error: the process exits', { error });
    logger.flush();
    process.exit(1);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
};

/**
 * Runs the process of a service from its arguments to its exit: config → start → signals → stop. The exit code is 2 for
 * an invalid setting, 1 when the service could not start, and 0 after a graceful stop.
 */
export const runCli = async <const S extends Settings>(cli: Cli<S>): Promise<void> => {
  let logger: Logger | undefined;
  try {
    const [, script = '', ...args] = process.argv;
    const healthcheck = isListening(cli.settings);
    const commands = { ...cli.commands, ...(healthcheck ? healthcheckCommands : {}) };
    const { command, flags, operands, help } = parseCommandLine(
      { ...cli, commands, version: readVersion(script) },
      args,
    );
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
    if (healthcheck && command === 'healthcheck') {
      await checkHealth(config);
      return;
    }
    const { logFormat, drainDelayMs = 0 } = config as ConfigOf<S> & LoggedConfig;
    // A subcommand is not a copy of the service, so it logs under its own name.
    logger = createCliLogger(command ?? cli.loggerName?.(config) ?? cli.name, logFormat, cli.logTo);
    endOnUncaught(logger);
    const print = (line: string): void => console.log(line);
    const context = { logger, clock: systemClock, print, flags, operands, source };
    const run = command === undefined ? undefined : cli.run?.[command];
    if (run) {
      await run(config, context);
      logger.flush();
      return;
    }
    const reloadOnHangup = cli.reloads === true && source.file !== undefined && !hasControllingTerminal();
    const started = handleStopSignals({ logger, drainDelayMs, reloadOnHangup });
    const service = await cli.start(config, context);
    const injector = createFaultInjector(service.faultTarget, { clock: systemClock, random: Math.random });
    started({
      ...service,
      stop: (options) => {
        // A stop waits for the requests that a fault holds.
        injector.heal();
        return service.stop(options);
      },
    });
    if (process.send) carryOutTasks(injector, systemClock);
    // Node would otherwise write the compile cache on exit, which makes stopping up to half a second slower. Node 20 has
    // no such cache.
    nodeModule.flushCompileCache?.();
    const report: ReadyReport = {
      ...{ type: 'ready', url: service.url, adminUrl: service.adminUrl },
      faults: injector.kinds,
    };
    // When the supervisor has exited, 'disconnect' stops the service, so a failure to send can be ignored.
    process.send?.(report, undefined, undefined, () => undefined);
    notifyServiceManager(process.env['NOTIFY_SOCKET'], logger);
  } catch (error) {
    logger?.flush();
    process.exitCode = reportStartFailure(cli.name, error);
    // Handles that a failed start left open must not keep the process alive.
    process.exit();
  }
};
