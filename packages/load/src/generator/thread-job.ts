import type { Target } from '../connection/connection.ts';
import type { MeasurementMemory } from '../measure/measurements.ts';
import type { ScenarioSource } from '../scenario/load-scenario.ts';
import type { SentNameFigures } from './tallies.ts';

/** How requests come. Rates are per second. */
export type LoadModel =
  /** Users that wait for each response before they go on. */
  | { readonly kind: 'closed'; readonly users: number; readonly spawnRate: number }
  /** Tasks that begin at a rate, whether or not earlier ones have ended. */
  | { readonly kind: 'open'; readonly rate: number; readonly connections: number };

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

/** From the thread: `ready` once all connections are open. */
export type ThreadMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unreachable'; readonly reason: string }
  | {
      readonly kind: 'done';
      readonly failures: ReadonlyMap<string, number>;
      readonly numbers: ReadonlyMap<string, number>;
      readonly names: readonly SentNameFigures[];
    };

/** To the thread. */
export type ThreadCommand = { readonly kind: 'start' } | { readonly kind: 'stop' };
