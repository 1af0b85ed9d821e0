import type { Target } from '../connection/connection.ts';
import type { MeasurementMemory } from '../measure/measurements.ts';
import type { ScenarioSource } from '../scenario/load-scenario.ts';
import type { FailureFigures, SentNameFigures } from './tallies.ts';

/** Users that wait for each response before they go on. `spawnRate` users begin per second. */
export type ClosedModel = { readonly kind: 'closed'; readonly users: number; readonly spawnRate: number };

/** Tasks that begin at a rate per second, whether or not earlier ones have ended. */
export type OpenModel = { readonly kind: 'open'; readonly rate: number; readonly connections: number };

/** How requests come. */
export type LoadModel = ClosedModel | OpenModel;

/** What one thread of a run does. */
export type ThreadJob = {
  readonly target: Target;
  readonly model: LoadModel;
  readonly durationMs: number;
  readonly timeoutMs: number;
  readonly seed: number;
  /** The number of this thread, and of all. */
  readonly thread: number;
  readonly threads: number;
  readonly scenario: ScenarioSource;
  readonly memory: MeasurementMemory;
};

/** What a thread has counted so far. */
export type ThreadFigures = {
  readonly failures: ReadonlyMap<string, FailureFigures>;
  readonly numbers: ReadonlyMap<string, number>;
  readonly names: readonly SentNameFigures[];
};

/** From the thread: `ready` once all connections are open, `figures` when they were asked for, `done` at the end. */
export type ThreadMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'figures' | 'done'; readonly figures: ThreadFigures };

/** To the thread. */
export type ThreadCommand =
  | { readonly kind: 'start' | 'stop' | 'report' }
  | { readonly kind: 'change'; readonly model: LoadModel };
