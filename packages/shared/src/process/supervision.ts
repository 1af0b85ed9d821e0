/** What a service tells its supervisor over the IPC channel once it answers. */
export type ReadyReport = {
  readonly type: 'ready';
  /** Undefined for a service that does not listen. */
  readonly url?: string | undefined;
  readonly adminUrl?: string | undefined;
};

/** What a supervisor may ask of a service. Closing the channel, by dying for example, asks the same. */
export type StopOrder = { readonly type: 'stop'; readonly drainDelayMs: number };

export const isReadyReport = (message: unknown): message is ReadyReport =>
  typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready';

export const isStopOrder = (message: unknown): message is StopOrder =>
  typeof message === 'object' && message !== null && 'type' in message && message.type === 'stop';
