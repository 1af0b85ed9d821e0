import type { LoadSettings } from './load-request.ts';
import type { FailureRow, RoomEvent, RoomSample, StatisticsRow } from './room-model.ts';

/** What the page knows about the lab from the beginning. */
export type LabFacts = {
  readonly lab: string;
  /** The address that the load is sent to. */
  readonly host: string;
  /** The service whose copies are shown, such as `api`. */
  readonly service: string;
  readonly policies: readonly string[];
  readonly scenarios: readonly { readonly name: string; readonly title: string }[];
  readonly defaults: LoadSettings;
};

/** The results of the load so far, or of the last load. */
export type LoadReport = {
  readonly isRunning: boolean;
  readonly rows: readonly StatisticsRow[];
  readonly total?: StatisticsRow | undefined;
  readonly failures: readonly FailureRow[];
  /** Why the times can't be trusted: the generator was late. */
  readonly late?: string | undefined;
};

/** The messages of the event stream by name. A snapshot comes first, also after a lost connection. */
export type RoomMessages = {
  readonly snapshot: {
    readonly facts: LabFacts;
    readonly samples: readonly RoomSample[];
    readonly events: readonly RoomEvent[];
    readonly report?: LoadReport | undefined;
  };
  readonly sample: RoomSample;
  readonly event: RoomEvent;
  /** Undefined fields mean that the load was reset. */
  readonly report: LoadReport;
};

export const messageNames = [
  'snapshot',
  'sample',
  'event',
  'report',
] as const satisfies readonly (keyof RoomMessages)[];
