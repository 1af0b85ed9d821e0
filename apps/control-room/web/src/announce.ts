import type { RoomEvent } from './room-model.ts';

/** Kinds that a screen reader hears. Starts and steps of a process would flood it. */
const spoken: ReadonlySet<string> = new Set([
  'killed',
  'exited',
  'ejected',
  'back',
  'scaled',
  'policy',
  'fault armed',
  'fault healed',
  'load started',
  'load stopped',
  'threshold missed',
]);

/** Returns the sentence of a live region for an event, or undefined for one that is only shown. */
export const announcementOf = ({ kind, service, detail }: RoomEvent): string | undefined =>
  spoken.has(kind) ? `${service} ${kind}${detail ? `: ${detail}` : ''}.` : undefined;
