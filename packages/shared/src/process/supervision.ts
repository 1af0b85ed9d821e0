import type { InjectedFault, InjectedFaultKind } from '../faults/fault.ts';

/** Sent by a service to its supervisor over the IPC channel once it serves requests. */
export type ReadyReport = {
  readonly type: 'ready';
  /** Undefined for a service that does not listen. */
  readonly url?: string | undefined;
  readonly adminUrl?: string | undefined;
  /** The faults that it can inject into itself. Default: none, and it carries out no orders. */
  readonly faults?: readonly InjectedFaultKind[];
};

/** Sent by a supervisor to stop a service. When the channel closes, the service stops as well. */
export type StopOrder = { readonly type: 'stop'; readonly drainDelayMs: number };

/** What a supervisor asks of a service that runs. */
export type Task =
  | { readonly kind: 'inject'; readonly fault: InjectedFault }
  | { readonly kind: 'heal'; readonly fault: InjectedFaultKind }
  /** The answer is the longest delay of the event loop in ms since the last such task; undefined for the first one. */
  | { readonly kind: 'measure-loop' };

/** Sent by a supervisor; the service answers each with a TaskAnswer of the same id. */
export type TaskOrder = { readonly type: 'task'; readonly id: number; readonly task: Task };

/** Sent by a service when it has carried out a task, or is about to block its event loop. */
export type TaskAnswer = { readonly type: 'task-done'; readonly id: number; readonly result?: unknown };

const hasType = (message: unknown, type: string): boolean =>
  typeof message === 'object' && message !== null && 'type' in message && message.type === type;

export const isReadyReport = (message: unknown): message is ReadyReport => hasType(message, 'ready');

export const isStopOrder = (message: unknown): message is StopOrder => hasType(message, 'stop');

export const isTaskOrder = (message: unknown): message is TaskOrder => hasType(message, 'task');

export const isTaskAnswer = (message: unknown): message is TaskAnswer => hasType(message, 'task-done');
