import type { Clock } from '@tripod/shared/async/clock';
import type { LogSink } from '@tripod/shared/logging/log-sink';
import type { ListenOptions } from '@tripod/shared/os/listen';
import type { ProcessTable } from '@tripod/shared/os/process-table';
import type { GroupHierarchy } from '../budget/group-hierarchy.ts';
import type { AnyService } from '../definition/service-definition.ts';
import type { LineFormat } from '../output/show-line.ts';
import type { IsPortFree } from '../supervisor/choose-ports.ts';

/** Everything outside the stack that it uses, as an argument. */
export type StackDependencies = {
  readonly checkout: string;
  /** Every service that may run. */
  readonly services: readonly AnyService[];
  /** The control groups of this machine. Undefined when it has none. */
  readonly groupHierarchy: GroupHierarchy | undefined;
  /** The process id of the stack. */
  readonly pid: number;
  readonly userId: number;
  /** The path of node. */
  readonly execPath: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly table: ProcessTable;
  /** Sends a signal to a process, or with a negative id to a process group; throws when there is none. */
  readonly signal: (pid: number, signal: NodeJS.Signals) => void;
  readonly isPortFree: IsPortFree;
  /** Throws a ListenError when a server can't listen on this address. */
  readonly probeAddress: (address: Pick<ListenOptions, 'host' | 'port'>) => Promise<void>;
  readonly sink: LogSink;
  readonly lineFormat: LineFormat;
};
