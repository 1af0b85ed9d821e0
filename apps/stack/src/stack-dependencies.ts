import type { Clock } from '@tripod/shared/async/clock';
import type { LogSink } from '@tripod/shared/logging/log-sink';
import type { ProcessTable } from '@tripod/shared/os/process-table';
import type { IsPortFree } from './copies/choose-ports.ts';
import type { LineFormat } from './output/show-line.ts';
import type { ServiceCommands } from './supervisor/service-commands.ts';
import type { TryAddress } from './try-address.ts';

/** All of the world that a stack touches, as an argument. */
export type StackDependencies = {
  readonly checkout: string;
  readonly commands: ServiceCommands;
  readonly pid: number;
  readonly userId: number;
  readonly execPath: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly table: ProcessTable;
  readonly killGroup: (pid: number, signal: 'SIGKILL') => void;
  readonly isPortFree: IsPortFree;
  readonly tryAddress: TryAddress;
  readonly sink: LogSink;
  readonly lineFormat: LineFormat;
};
