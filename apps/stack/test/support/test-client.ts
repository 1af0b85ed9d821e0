import { systemProcesses } from '@tripod/shared/os/process-table';
import type { CommandClient } from '../../src/command/command-definition.ts';
import { createStateFolder } from '../../src/control/state-folder.ts';
import { services } from '../../src/services.ts';

const unused = (): never => {
  throw new Error('the command under test does not use this');
};

/** The client of a command on a terminal, with a state folder and without a running stack. */
export const createTestClient = (
  stateDir: string,
  change: Partial<CommandClient> = {},
): { readonly client: CommandClient; readonly printed: string[] } => {
  const userId = process.getuid?.() ?? 0;
  const printed: string[] = [];
  const client: CommandClient = {
    services,
    folder: createStateFolder(stateDir, userId),
    userId,
    databaseUrl: undefined,
    print: (line) => void printed.push(line),
    isTerminal: true,
    colour: false,
    table: systemProcesses,
    wait: () => Promise.resolve(),
    confirm: undefined,
    ask: unused,
    watch: unused,
    get host() {
      return unused();
    },
    ...change,
  };
  return { client, printed };
};
