import { availableParallelism } from 'node:os';
import type { LoadModel } from '@tripod/load/generator/thread-job';
import type { LoadResult } from '@tripod/load/report/load-result';
import { type LoadRun, readMachine } from '@tripod/load/report/load-run';
import type { Sample } from '@tripod/load/report/sample';
import { judgeThresholds } from '@tripod/load/report/thresholds';
import { type RunningLoad, startLoad } from '@tripod/load/start-load';
import type { LoadSettings } from '../../web/src/load-request.ts';
import type { LoadFigures } from '../../web/src/room-model.ts';
import type { LoadReport } from '../../web/src/wire.ts';
import { toReport } from './to-report.ts';

export type LoadRunnerOptions = {
  readonly target: { readonly hostname: string; readonly port: number };
  /** The URL of the module of a scenario. */
  readonly moduleOf: (scenario: string) => string;
  readonly cpuSeconds: () => number;
  readonly nodeVersion: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onReport: (report: LoadReport) => void;
  readonly onEvent: (kind: string, detail: string) => void;
};

export type LoadRunner = {
  /** Starts a load. Rejects with a StartError when the server can't be reached, and with an Error while one runs. */
  start(settings: LoadSettings): Promise<void>;
  /** Goes on with other users or another rate. Throws an Error when none runs, or for another model. */
  change(settings: LoadSettings): void;
  stop(): void;
  /** Forgets the results of the last load. */
  reset(): void;
  figures(): LoadFigures | undefined;
  readonly report: LoadReport | undefined;
  /** The last load that ended, for its HTML report. */
  readonly lastRun: LoadRun | undefined;
  close(): Promise<void>;
};

const timeoutMs = 10_000;
/** The generator shares the machine with what it measures. */
const maxThreads = 2;

/** Connections of the open model, as in the command `load`. */
const connectionsFor = (rate: number): number => Math.min(1024, Math.max(32, Math.ceil(rate / 4)));

const toModel = ({ model }: LoadSettings): LoadModel =>
  model.kind === 'closed' ? model : { ...model, connections: connectionsFor(model.rate) };

const describe = ({ model, scenario }: LoadSettings): string =>
  model.kind === 'closed' ? `${model.users} users, ${scenario}` : `${model.rate} requests/s, ${scenario}`;

/** Runs one load at a time in threads of this process. */
export const createLoadRunner = (options: LoadRunnerOptions): LoadRunner => {
  const { target, moduleOf, cpuSeconds, onReport, onEvent, now, nodeVersion } = options;
  let settings: LoadSettings | undefined;
  let running: RunningLoad | undefined;
  let isStarting = false;
  let abort: AbortController | undefined;
  let sample: Sample | undefined;
  let report: LoadReport | undefined;
  let lastRun: LoadRun | undefined;
  let ended: Promise<void> = Promise.resolve();

  const tell = (result: LoadResult, isRunning: boolean): void => {
    report = toReport(result, isRunning);
    onReport(report);
  };
  const finish = (result: LoadResult, started: LoadSettings, startedAtMs: number): void => {
    const thresholds = judgeThresholds(result, {
      maxP99Ms: started.maxP99Ms,
      maxFailed: started.maxFailed,
    });
    lastRun = {
      ...result,
      startedAt: new Date(startedAtMs).toISOString(),
      settings: { scenario: started.scenario, runTimeMs: started.runTimeMs, load: describe(started) },
      machine: readMachine(nodeVersion),
      thresholds,
    };
    onEvent('load stopped', `${result.requests} requests, ${result.failed} failed`);
    for (const { name, limit, measured, verdict } of thresholds)
      if (verdict === 'missed') onEvent('threshold missed', `${name}: ${measured}, ${limit}`);
    tell(result, false);
  };
  return {
    async start(wanted) {
      if (running || isStarting) throw new Error('A load runs already. Change or stop it.');
      isStarting = true;
      const controller = new AbortController();
      abort = controller;
      try {
        running = await startLoad({
          target,
          scenario: { module: moduleOf(wanted.scenario) },
          model: toModel(wanted),
          durationMs: wanted.runTimeMs,
          timeoutMs,
          seed: 1,
          threads: Math.min(maxThreads, availableParallelism()),
          signal: controller.signal,
          cpuSeconds,
          onSecond: (taken) => {
            sample = taken;
            void running?.current().then(
              (result) => running && tell(result, true),
              () => undefined,
            );
          },
        });
      } finally {
        isStarting = false;
      }
      settings = wanted;
      const startedAtMs = now();
      onEvent('load started', describe(wanted));
      ended = running.result.then(
        (result) => {
          running = undefined;
          finish(result, wanted, startedAtMs);
        },
        (error: unknown) => {
          running = undefined;
          onEvent('load stopped', error instanceof Error ? error.message : String(error));
          report = { rows: [], failures: [], ...report, model: wanted.model.kind, isRunning: false };
          onReport(report);
        },
      );
    },
    change(wanted) {
      if (!running) throw new Error('No load runs. Start one.');
      running.change(toModel(wanted));
      settings = wanted;
      onEvent('load changed', describe(wanted));
    },
    stop() {
      if (!running && !isStarting) throw new Error('No load runs.');
      abort?.abort();
    },
    reset() {
      if (running) throw new Error('A load runs. Stop it first.');
      [sample, report, lastRun] = [undefined, undefined, undefined];
      onReport({ isRunning: false, model: settings?.model.kind ?? 'closed', rows: [], failures: [] });
    },
    figures() {
      if (!running || !sample || !settings) return undefined;
      const { requests, failed, requestsPerSecond, failedPerSecond, responseTimeMs, users } = sample;
      const isQuiet = requestsPerSecond === 0;
      return {
        ...{ requests, failed, requestsPerSecond, failedPerSecond },
        p50Ms: isQuiet ? undefined : responseTimeMs.p50,
        p95Ms: isQuiet ? undefined : responseTimeMs.p95,
        p99Ms: isQuiet ? undefined : responseTimeMs.p99,
        load: settings.model.kind === 'closed' ? users : settings.model.rate,
        elapsedMs: sample.elapsedSeconds * 1000,
      };
    },
    get report() {
      return report;
    },
    get lastRun() {
      return lastRun;
    },
    async close() {
      abort?.abort();
      await ended;
    },
  };
};
