import type { ProcessTable } from '@tripod/shared/os/process-table';
import { askStack } from '../control/control-client.ts';
import type { ControlRequest } from '../control/protocol.ts';
import type { StateFolder } from '../control/state-folder.ts';

/** What every command beside `up` is given. */
export type CommandContext = {
  readonly folder: StateFolder;
  readonly print: (line: string) => void;
  /** A terminal gets tables and colours, a pipe one JSON object a line. */
  readonly isTerminal: boolean;
  readonly colour: boolean;
  readonly table: ProcessTable;
  readonly wait: (ms: number) => Promise<void>;
};

export const startCommand = 'pnpm dev';

/** Asks the stack of that folder, and prints what happens while it happens. */
export const ask = ({ folder, print }: CommandContext, request: ControlRequest): Promise<unknown> =>
  askStack(request, { socketPath: folder.socketPath, startCommand, onProgress: print });
