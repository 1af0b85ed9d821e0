import type { ProcessGroup } from './process-group.ts';
import { orderByNeeds } from './start-order.ts';
import type { SupervisedProcess } from './supervised-process.ts';

/** A named process with the group that it belongs to. */
export type Found = { readonly group: ProcessGroup; readonly process: SupervisedProcess };

/** The groups of a stack: starts them in the order of their needs and stops them in the reverse order. */
export class Supervisor {
  readonly groups: readonly ProcessGroup[];

  constructor(groups: readonly ProcessGroup[]) {
    this.groups = groups;
  }

  get processes(): readonly SupervisedProcess[] {
    return this.groups.flatMap(({ processes }) => processes);
  }

  findGroup(name: string): ProcessGroup | undefined {
    return this.groups.find((group) => group.name === name);
  }

  findProcess(name: string): Found | undefined {
    for (const group of this.groups) {
      const process = group.processes.find((one) => one.name === name);
      if (process) return { group, process };
    }
    return undefined;
  }

  /** Chooses the ports of all copies, then starts the groups. Throws the first StartError; nothing is undone. */
  async start(): Promise<void> {
    for (const group of this.groups) await group.prepare();
    for (const step of orderByNeeds(this.groups)) await Promise.all(step.map((group) => group.start()));
  }

  /** Stops the groups that depend on others first, so that no request is sent to a server that has ended. */
  async stop(): Promise<void> {
    for (const step of [...orderByNeeds(this.groups)].reverse()) {
      await Promise.all(step.map((group) => group.stop()));
    }
  }

  killForGood(): void {
    for (const group of this.groups) group.killForGood();
  }
}
