import { ConfigError } from '@tripod/shared/config/config-error';
import { loadConfig } from '@tripod/shared/config/load-config';
import type { ConfigOf, Settings } from '@tripod/shared/config/settings';
import { StartError } from '@tripod/shared/errors/start-error';
import type { InjectedFault } from '@tripod/shared/faults/fault';
import type { ControlRequest } from '@tripod/stack-client/protocol';
import type { CommandDefinition } from './command-definition.ts';
import { findOneProcess } from './find-target.ts';

/** The setting of commands whose fault lasts until it is undone. */
export const forMsSetting = {
  type: 'integer',
  minimum: 1,
  maximum: 3_600_000,
  environment: false,
  description: 'Undo it after this time; default: it lasts until it is undone, or the process ends',
} as const;

/**
 * Reads settings from a request, which comes from the command line or from another client of the control socket. Throws
 * a StartError that names every bad one by its flag.
 */
export const settingsIn = <const S extends Settings>(settings: S, request: ControlRequest): ConfigOf<S> => {
  try {
    return loadConfig(settings, { flags: request, workingDir: '/' });
  } catch (error) {
    if (error instanceof ConfigError) throw new StartError(`${request.command}: ${error.message}`);
    throw error;
  }
};

/** The end of a sentence: `for 500 ms`, or `until: pnpm stack heal api-2`. */
export const untilWhen = (forMs: number | undefined, undoCommand: string): string =>
  forMs === undefined ? `until: ${undoCommand}` : `for ${forMs} ms`;

/** A command that makes one process inject a fault into itself. */
export type FaultDefinition<S extends Settings> = Pick<CommandDefinition, 'name' | 'example'> & {
  readonly description: string;
  readonly settings: S;
  readonly faultOf: (config: ConfigOf<S>) => InjectedFault;
  /** The fault in words, as `ps` shows it. */
  readonly describe: (config: ConfigOf<S>) => string;
  /** When it ends. Undefined while nothing but `heal` ends it. */
  readonly forMs: (config: ConfigOf<S>) => number | undefined;
};

/** Makes the command of a fault. */
export const defineFault = <const S extends Settings>(definition: FaultDefinition<S>): CommandDefinition => {
  const { name, example, description, settings, faultOf, describe, forMs } = definition;
  return {
    name,
    example,
    argument: '<name>',
    description: () => description,
    settings: () => settings,
    run: (client, { argument, config }) => {
      const values = Object.keys(settings).map((setting) => [setting, config[setting]]);
      return client.ask({ command: name, name: argument, ...Object.fromEntries(values) });
    },
    serve: {
      answer: async ({ stack, report }, request) => {
        const process = findOneProcess(stack, request);
        const config = settingsIn(settings, request);
        await process.faults.inject(faultOf(config), describe(config), forMs(config));
        const until = untilWhen(forMs(config), `pnpm stack heal ${process.name}`);
        report(`${process.name}: ${describe(config)} ${until}`);
      },
    },
  };
};
