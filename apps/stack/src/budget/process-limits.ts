import type { ProcessTable } from '@tripod/shared/os/process-table';
import type { Command } from '../supervisor/command.ts';
import type { JoinedService } from '../supervisor/joined-service.ts';
import type { Running } from '../supervisor/spawn-process.ts';
import { type Budget, divideShare, heapOptionOf, type Share } from './budget.ts';
import type { ControlGroups } from './control-groups.ts';

/** Keeps the processes of services within their shares of a budget. Without a budget it changes nothing. */
export type ProcessLimits = {
  /** Adds a limit of the heap to a Node command of a service. */
  limitHeap(service: string, command: Command): Command;
  /** Puts a process of a service that was started into the control group NAME, which is removed when it has ended. */
  limit(service: string, name: string, running: Running): Running;
  /** Puts all processes of a joined service into one control group. */
  limitJoined(name: string, service: JoinedService): Promise<void>;
};

export type ProcessLimitsOptions = {
  readonly budget: Budget | undefined;
  /** Undefined where the budget cannot be enforced. */
  readonly groups: ControlGroups | undefined;
  readonly table: ProcessTable;
  /** Receives a sentence when the limits of a process cannot be set. */
  readonly onFailure: (message: string) => void;
  /** The number of processes that a service has at this moment. */
  readonly copiesOf: (service: string) => number;
};

export const createProcessLimits = (options: ProcessLimitsOptions): ProcessLimits => {
  const { budget, groups, table, copiesOf, onFailure } = options;
  const shareOf = (service: string, copies: number): Share | undefined => {
    const share = budget?.shares[service];
    return share && divideShare(share, copies);
  };
  /** A process without limits is better than none. */
  const tryToAdd = (name: string, pids: readonly number[], share: Share): void => {
    try {
      groups?.add(name, pids, share);
    } catch (error) {
      onFailure(
        `${name} runs without the limits of its budget: ${error instanceof Error ? error.message : error}`,
      );
    }
  };
  const treeOf = (pid: number): readonly number[] => [pid, ...table.childrenOf(pid).flatMap(treeOf)];
  return {
    limitHeap(service, command) {
      const share = shareOf(service, copiesOf(service));
      if (!share || command.type === 'binary') return command;
      return { ...command, options: [...(command.options ?? []), heapOptionOf(share)] };
    },
    limit(service, name, running) {
      const share = shareOf(service, copiesOf(service));
      if (!groups || !share || running.pid === 0) return running;
      tryToAdd(name, [running.pid], share);
      // `exited` never rejects.
      void running.exited.then(() => groups.remove(name));
      return running;
    },
    async limitJoined(name, { status }) {
      const share = shareOf(name, 1);
      if (!groups || !share || !status) return;
      const { pid, guardPid } = await status();
      const roots = [guardPid, pid].flatMap((one) => one ?? []);
      tryToAdd(name, [...new Set(roots.flatMap(treeOf))], share);
    },
  };
};
