import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { BroadcastChannel } from 'node:worker_threads';
import type { LoadResult } from '@tripod/load/report/load-result';
import { runLoad } from '@tripod/load/start-load';
import type { LoadEvent, RequestRecord } from './request-record.ts';

export type RecordedLoad = {
  readonly requests: readonly RequestRecord[];
  readonly failedChecks: readonly { readonly kind: string; readonly atMs: number }[];
  readonly result: LoadResult;
};

export type RecordedLoadOptions = {
  readonly port: number;
  /** The URL of the module of the scenario. */
  readonly scenario: string;
  /** Whether the checks of the scenario are run: not for load that is added to another one. */
  readonly checks: boolean;
  /** Tasks per second. */
  readonly rate: number;
  /** Default: four times the rate, from 64 to 512: enough for the requests that wait while a copy is silent. */
  readonly connections?: number | undefined;
  readonly timeoutMs: number;
  /** Another one for each run: data of the same seed would be refused as already stored. */
  readonly seed: number;
  /** The processor time in seconds that this process has used. */
  readonly cpuSeconds: () => number;
  /** Ends the load. */
  readonly signal: AbortSignal;
  /** Called when the first request has been answered: connections are open, and the load has begun. */
  readonly onFirst?: () => void;
};

const maxRunMs = 3_600_000;
const maxConnections = 512;
/** Records arrive before the end of their thread is told; this is a limit against hanging. */
const maxWaitForRecordsMs = 2000;

/** Runs the open model until `signal` is aborted, and records each request. Rejects when nothing answers. */
export const runRecordedLoad = async (options: RecordedLoadOptions): Promise<RecordedLoad> => {
  const { port, rate, timeoutMs, cpuSeconds, signal } = options;
  const { connections = Math.min(maxConnections, Math.max(64, rate * 4)) } = options;
  const name = `experiment-${randomUUID()}`;
  const module = new URL('recording-scenario.ts', import.meta.url);
  module.searchParams.set('scenario', options.scenario);
  module.searchParams.set('channel', name);
  module.searchParams.set('checks', `${options.checks}`);
  const requests: RequestRecord[] = [];
  const failedChecks: { readonly kind: string; readonly atMs: number }[] = [];
  const channel = new BroadcastChannel(name);
  channel.onmessage = (message: unknown) => {
    const { data } = message as { readonly data: LoadEvent };
    if ('request' in data) requests.push(data.request);
    if (requests.length === 1) options.onFirst?.();
    if ('failedCheck' in data) failedChecks.push(data.failedCheck);
  };
  try {
    const result = await runLoad({
      target: { hostname: '127.0.0.1', port },
      scenario: { module: module.href },
      model: { kind: 'open', rate, connections },
      durationMs: maxRunMs,
      timeoutMs,
      seed: options.seed,
      threads: 1,
      cpuSeconds,
      signal,
    });
    for (
      let waitedMs = 0;
      requests.length < result.requests && waitedMs < maxWaitForRecordsMs;
      waitedMs += 20
    )
      await sleep(20);
    return { requests, failedChecks, result };
  } finally {
    channel.close();
  }
};
