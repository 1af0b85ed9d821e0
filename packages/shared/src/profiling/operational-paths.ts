import type { RequestListener } from 'node:http';
import type { Clock } from '../async/clock.ts';
import { createHealthPaths, type HealthPathsOptions } from '../http/health-paths.ts';
import { createProfilePaths } from './profile-paths.ts';

export type OperationalPathsOptions = HealthPathsOptions & {
  /** Whether there are `/debug/pprof/profile` and `/debug/pprof/heap`: `--no-profile` leaves them out. */
  readonly profile: boolean;
  readonly clock: Clock;
};

/** Creates the handlers of all operational paths: health, metrics and profiles. */
export const createOperationalPaths = ({
  profile,
  clock,
  ...health
}: OperationalPathsOptions): ReadonlyMap<string, RequestListener> =>
  new Map([...createHealthPaths(health), ...(profile ? createProfilePaths(clock) : [])]);
