/** Sent by a service to its supervisor over the IPC channel once it serves requests. */
export type ReadyReport = {
  readonly type: 'ready';
  /** Undefined for a service that does not listen. */
  readonly url?: string | undefined;
  readonly adminUrl?: string | undefined;
};

/** Sent by a supervisor to stop a service. When the channel closes, the service stops as well. */
export type StopOrder = { readonly type: 'stop'; readonly drainDelayMs: number };

export const isReadyReport = (message: unknown): message is ReadyReport =>
  typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready';

export const isStopOrder = (message: unknown): message is StopOrder =>
  typeof message === 'object' && message !== null && 'type' in message && message.type === 'stop';
