import type { FlameNode } from './flame-layout.ts';
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
  /** Users that wait, or requests at a rate. */
  readonly model: 'closed' | 'open';
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
  readonly report: LoadReport;
  /** An experiment began, or ended with its verdict or with the reason of its failure. */
  readonly experiment: {
    readonly running?: string | undefined;
    readonly verdict?: ExperimentVerdict | undefined;
    readonly problem?: string | undefined;
  };
};

export const messageNames = [
  'snapshot',
  'sample',
  'event',
  'report',
  'experiment',
] as const satisfies readonly (keyof RoomMessages)[];

/** The answer of `GET profiles/PROCESS?seconds=N`, given when the recording has ended. */
export type RecordedProfile = {
  readonly process: string;
  readonly seconds: number;
  readonly root: FlameNode;
  /** The address of the same recording for pprof. */
  readonly download: string;
};

/** The answer of `GET traces/REQUEST_ID`: what the proxy kept about a request. */
export type RequestTrace = {
  readonly requestId: string;
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly durationMs: number;
  readonly route: { readonly host: string | null; readonly prefix: string; readonly pool: string } | null;
  readonly policy: string | null;
  readonly tries: readonly {
    readonly upstream: string;
    readonly startedAtMs: number;
    readonly durationMs: number;
    readonly status: number | null;
    readonly failure: string | null;
    readonly skipped: readonly {
      readonly id: string;
      readonly state: string;
      readonly reason?: string | undefined;
    }[];
  }[];
};

/** One experiment of the answer of `GET experiments`. */
export type ExperimentFacts = {
  readonly name: string;
  readonly title: string;
  /** What the hypothesis claims, one sentence for each limit. */
  readonly claims: readonly string[];
};

/** The result of an experiment, as `pnpm experiment --json` writes it, as far as the page shows it. */
export type ExperimentVerdict = {
  readonly experiment: string;
  readonly explain: string;
  readonly holds: boolean;
  readonly balancers: readonly {
    readonly balancer: string;
    readonly variant?: string | undefined;
    readonly holds: boolean;
    readonly failed: number;
    readonly p99Ms: { readonly before: number; readonly during: number; readonly after: number };
    readonly recoveredAfterMs?: number | undefined;
    readonly writes: { readonly lost: number; readonly repeated: number };
  }[];
};
