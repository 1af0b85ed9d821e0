import type { Clock } from '@tripod/shared/async/clock';
import type { StackEvent, StackEventKind } from '@tripod/stack-client/reading';

/** Passes on what happens to those who watch at that moment, and keeps nothing. */
export type EventFeed = {
  /** `atMs`: the wall-clock time of the event. Default: now. */
  record(kind: StackEventKind, service: string, detail?: string, atMs?: number): void;
  /** Returns how to end the subscription. */
  subscribe(listener: (event: StackEvent) => void): () => void;
};

export const createEventFeed = (clock: Clock): EventFeed => {
  const listeners = new Set<(event: StackEvent) => void>();
  return {
    record(kind, service, detail, atMs = clock.wallMs()) {
      if (listeners.size === 0) return;
      const event: StackEvent = { type: 'event', at: new Date(atMs).toISOString(), kind, service, detail };
      for (const listener of listeners) listener(event);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
};
