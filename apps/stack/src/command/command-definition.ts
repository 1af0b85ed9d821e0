import type { Settings } from '@tripod/shared/config/settings';
import type { ProcessTable } from '@tripod/shared/os/process-table';
import type { ControlRequest } from '@tripod/stack-client/protocol';
import type { WatchOptions } from '@tripod/stack-client/watch-stack';
import type { ControlClient } from '../control/control-server.ts';
import type { StateFolder } from '../control/state-folder.ts';
import type { AnyService } from '../definition/service-definition.ts';
import type { Stack } from '../stack/stack.ts';
import type { StackDependencies } from '../stack/stack-dependencies.ts';
import type { StackHost } from './stack-host.ts';

/** What a command uses in the process of the person who typed it. */
export type CommandClient = {
  readonly services: readonly AnyService[];
  readonly folder: StateFolder;
  readonly userId: number;
  /** The DATABASE_URL of the person who typed the command. */
  readonly databaseUrl: string | undefined;
  readonly print: (line: string) => void;
  /** A terminal gets tables and colours, a pipe one JSON object per line. */
  readonly isTerminal: boolean;
  readonly colour: boolean;
  readonly table: ProcessTable;
  readonly wait: (ms: number) => Promise<void>;
  /** Asks the person a question. Undefined when there is no terminal to ask on. */
  readonly confirm: ((question: string) => Promise<boolean>) | undefined;
  /** Sends a request to the running stack, prints its progress and returns its result. */
  readonly ask: (request: ControlRequest) => Promise<unknown>;
  /** Receives the readings of the running stack until it stops. */
  readonly watch: (options: Pick<WatchOptions, 'intervalMs' | 'onReading'>) => Promise<void>;
  /** For a command that starts a stack. */
  readonly host: StackHost;
};

/** What was typed behind the name of the command. */
export type CommandInput = {
  /** The argument; empty when an optional one is left out. Several are separated by blanks. */
  readonly argument: string;
  /** The values of the command's settings, defaults included. */
  readonly config: Readonly<Record<string, unknown>>;
};

/** What a command uses inside the running stack. */
export type CommandServer = ControlClient & {
  readonly stack: Stack;
  readonly dependencies: StackDependencies;
  /** Begins to stop the whole stack. */
  readonly stopStack: () => void;
};

/** Where the settings of a command come from. */
export type SettingsPlace = { readonly checkout: string; readonly services: readonly AnyService[] };

/** Where values come from that were not typed: the JSON file and its values by the names of settings. */
export type ConfigFile = { readonly name: string; readonly values: Readonly<Record<string, unknown>> };

/** What a command knows before its settings are read. */
export type CommandLine = {
  readonly argument: string;
  /** Flags that were typed, by the names of their settings. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly checkout: string;
  readonly workingDir: string;
};

/** Everything there is to know about one command. See README.md for an example. */
export type CommandDefinition = {
  readonly name: string;
  /**
   * As in `--help`: `<name>` is required, `[name]` optional, `[name...]` any number. Default: the command takes none.
   */
  readonly argument?: string;
  readonly description: (place: SettingsPlace) => string;
  /** A line of the help: what follows `pnpm stack`, and what it is for. */
  readonly example: readonly [line: string, purpose: string];
  /** Its flags. Default: `--state-dir` alone. */
  readonly settings?: (place: SettingsPlace) => Settings;
  /** A file with values of its settings. Default: that of `--config`. Throws a ConfigError. */
  readonly findFile?: (line: CommandLine) => ConfigFile | undefined;
  /** Whether it concerns no stack. It then has neither `--lab` nor `--state-dir`. Default false. */
  readonly isStackless?: true;
  /** Letters for flags: `{ follow: 'f' }` also allows `-f`. */
  readonly letters?: Readonly<Record<string, string>>;
  /** The client side. Throws a ConfigError or a StartError with one sentence. */
  readonly run: (client: CommandClient, input: CommandInput) => Promise<unknown>;
  /** The server side, for a command that asks the running stack. Throws a StartError with one sentence. */
  readonly serve?: {
    readonly answer: (server: CommandServer, request: ControlRequest) => Promise<unknown>;
    /** Whether it is answered before all services were ready, and while the stack stops. Default: refused. */
    readonly always?: true;
    /** Whether it waits for other commands that change the stack. Default: it does not wait. */
    readonly queued?: true;
  };
};
