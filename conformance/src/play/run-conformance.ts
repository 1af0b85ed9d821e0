import { takeUnresponsivePort, type UnresponsivePort } from '@tripod/testing/unresponsive-port';
import type { Case, OwnExpectation, Setting, Topic } from '../case/case.ts';
import { type CaseUpstream, type Scripts, startCaseUpstream } from '../case/case-upstream.ts';
import { respondOk } from '../case/upstream-scripts.ts';
import {
  type EngineKind,
  type LoggedRequest,
  type RunningEngine,
  startEngine,
} from '../engines/start-engine.ts';
import { findNginxDeviation } from '../nginx-deviations/find-deviation.ts';
import { Signal } from '../wire/signal.ts';
import { compare, compareDeviation, compareOwn, describe, requestsOf } from './compare.ts';
import { type Observed, playCase } from './play-case.ts';

/** The result of one case with one engine. */
export type Verdict = {
  /** Whether the engine follows the rule. */
  readonly holds: boolean;
  /** Whether the result is as recorded for this engine: the rule, or a deviation of nginx. */
  readonly isExpected: boolean;
  /** Empty when the rule holds; otherwise the recorded deviation, or the differences. */
  readonly words: string;
  /** Whether a request reached an upstream that is not in the access log of the proxy: request smuggling. */
  readonly isSmuggled: boolean;
};

export type CaseResult = {
  readonly topic: Topic;
  readonly testCase: Case;
  readonly verdicts: Readonly<Partial<Record<EngineKind, Verdict>>>;
};

export type EngineResult = {
  readonly kind: EngineKind;
  /** Errors that the process logged, crashes, and requests that it still counted as in flight at the end. */
  readonly faults: readonly string[];
};

export type ConformanceResult = {
  readonly cases: readonly CaseResult[];
  readonly engines: readonly EngineResult[];
};

export type ConformanceOptions = {
  readonly topics: readonly Topic[];
  readonly kinds: readonly EngineKind[];
  /** Path of nginx; only used when nginx is among the kinds. */
  readonly nginx: string;
};

/** One case that runs with one engine. */
type Run = {
  readonly number: number;
  readonly topic: Topic;
  readonly testCase: Case;
  readonly kind: EngineKind;
  readonly prefix: string;
  readonly upstreams: readonly CaseUpstream[];
  readonly signal: Signal;
  readonly release: () => void;
  observed?: Observed;
};

const maxConcurrent = 24;
/** Cases with short time-outs run first, while the machine is otherwise idle. */
const phases: readonly (readonly Setting[])[] = [
  ['short-upstream-time-outs', 'short-client-time-outs', 'trusted-proxy'],
  ['default'],
];

const prepare = async (
  number: number,
  topic: Topic,
  testCase: Case,
  kind: EngineKind,
  unresponsivePort: () => Promise<UnresponsivePort>,
): Promise<Run & { readonly addresses: readonly string[] }> => {
  const signal = new Signal();
  let released = false;
  const upstreams: CaseUpstream[] = [];
  const addresses: string[] = [];
  for (const [index, scripts] of (testCase.upstreams ?? [[respondOk] as Scripts]).entries()) {
    if (scripts === 'unreachable') {
      addresses.push(`127.0.0.1:${(await unresponsivePort()).port}`);
      continue;
    }
    if (scripts === 'refuses') {
      // A freed port may be taken by another process. Nothing ever listens on the first ports.
      addresses.push(`127.0.0.1:${index + 1}`);
      continue;
    }
    const upstream = await startCaseUpstream(index, scripts, signal, () => released);
    addresses.push(upstream.address);
    upstreams.push(upstream);
  }
  const release = (): void => {
    released = true;
    signal.notify();
  };
  return { number, topic, testCase, kind, prefix: `/c${number}/`, upstreams, signal, release, addresses };
};

const expectationFor = ({ testCase, kind }: Run): OwnExpectation =>
  kind === 'nginx'
    ? (findNginxDeviation(testCase.rule)?.expect ?? testCase.expect)
    : {
        ...testCase.expect,
        ...testCase.ours,
        upstream: { ...testCase.expect.upstream, ...testCase.ours?.upstream },
      };

const play = async (run: Run, port: number): Promise<void> => {
  const { status, oneOf, connection } = expectationFor(run);
  const expectedAnswers = Array.isArray(status) ? status.length : (status ?? oneOf) === undefined ? 0 : 1;
  const { testCase, prefix, upstreams, signal, release } = run;
  run.observed = await playCase({
    testCase,
    port,
    prefix,
    upstreams,
    signal,
    release,
    expectedAnswers,
    connection,
    expectsTimeout: run.kind === 'nginx' && (findNginxDeviation(testCase.rule)?.expectsTimeout ?? false),
  });
  // The requests that the expectation counts may still be in flight from the proxy.
  const requests = expectationFor(run).upstream?.requests;
  const { observed } = run;
  if (requests !== undefined) await signal.until(() => requestsOf(observed).length >= requests, 1000);
  const complete = expectationFor(run).upstream?.complete;
  if (complete !== undefined)
    await signal.until(
      () => requestsOf(observed).filter((request) => request.complete).length >= complete,
      1000,
    );
};

/**
 * Normalizes a target as nginx does: percent-encoding decoded, no fragment, no empty query. Two requests that differ
 * in nothing else are the same request.
 */
const normalizeTarget = (target: string): string =>
  target
    .replace(/^\w+:\/\/[^/]*/, '')
    .replace(/#.*$/, '')
    .replace(/\?$/, '')
    .replace(/(?:%|\\x)([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** Returns the requests that reached an upstream and are not in the access log of the proxy: smuggled requests. */
const findSmuggled = (run: Run, logged: readonly LoggedRequest[]): readonly string[] => {
  const known = new Set(logged.map(({ method, target }) => `${method} ${normalizeTarget(target)}`));
  return run.upstreams
    .flatMap(({ requests }) => requests)
    .map(({ method, target }) => `${method} ${normalizeTarget(`${run.prefix}${target.slice(1)}`)}`)
    .filter((request) => !known.has(request));
};

/** Groups logged requests by the prefix of their case. */
const byPrefix = (logged: readonly LoggedRequest[]): ReadonlyMap<string, readonly LoggedRequest[]> =>
  Map.groupBy(logged, ({ target }) => /\/c\d+\//.exec(target)?.[0] ?? '');

const judge = (run: Run, logged: readonly LoggedRequest[]): Verdict => {
  const { observed, testCase, kind } = run;
  if (!observed) throw new Error(`the case was not run: ${testCase.rule}`);
  const smuggled = findSmuggled(run, logged);
  const isSmuggled = smuggled.length > 0;
  const statuses = logged.filter(({ target }) => !target.endsWith('/probe')).map(({ status }) => status);
  const expected: OwnExpectation = {
    ...testCase.ours,
    upstream: { ...testCase.expect.upstream, ...testCase.ours?.upstream },
  };
  const differences = [
    ...smuggled.map((request) => `smuggled: ${request}`),
    ...(kind === 'nginx'
      ? compare(observed, testCase.expect)
      : compareOwn(observed, { ...testCase.expect, ...expected }, statuses)),
  ];
  const holds = differences.length === 0;
  const deviation = kind === 'nginx' ? findNginxDeviation(testCase.rule) : undefined;
  if (!deviation) {
    const words = holds ? '' : `${differences.join('; ')} (${describe(observed)})`;
    return { holds, isExpected: holds, words, isSmuggled };
  }
  const differencesFromRecord = compareDeviation(
    observed,
    deviation.expect,
    deviation.expectsTimeout ?? false,
  );
  const isExpected = differencesFromRecord.length === 0 && !isSmuggled && !holds;
  const words = isExpected
    ? deviation.behaviour
    : holds
      ? `follows the rule now; recorded was: ${deviation.behaviour}`
      : `${differencesFromRecord.join('; ')} (${describe(observed)})`;
  return { holds, isExpected, words, isSmuggled };
};

const settle = async (engine: RunningEngine): Promise<readonly string[]> => {
  if (!engine.isAlive()) return ['the process exited'];
  let counted = await engine.inFlight();
  // The proxy notices a closed client only when the event of its socket arrives.
  for (let tries = 0; tries < 50 && counted.length > 0; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    counted = await engine.inFlight();
  }
  return counted.map((pool) => `still in flight: ${pool}`);
};

const runEngine = async (
  kind: EngineKind,
  setting: Setting,
  runs: readonly (Run & { readonly addresses: readonly string[] })[],
  nginx: string,
): Promise<{ readonly verdicts: ReadonlyMap<number, Verdict>; readonly faults: readonly string[] }> => {
  const engine = await startEngine(kind, nginx, setting, runs);
  const pending = [...runs];
  const worker = async (): Promise<void> => {
    for (let run = pending.shift(); run; run = pending.shift()) await play(run, engine.port);
  };
  let faults: readonly string[];
  let stopped: Awaited<ReturnType<RunningEngine['stop']>>;
  try {
    await Promise.all(Array.from({ length: maxConcurrent }, worker));
  } finally {
    for (const run of runs) run.release();
    await Promise.all(runs.flatMap(({ upstreams }) => upstreams.map((upstream) => upstream.stop())));
    faults = await settle(engine);
    stopped = await engine.stop();
  }
  const logged = byPrefix(stopped.logged);
  const verdicts = new Map(runs.map((run) => [run.number, judge(run, logged.get(run.prefix) ?? [])]));
  return { verdicts, faults: [...faults, ...stopped.errors] };
};

/** Runs every case with every engine. The engines run in parallel. */
export const runConformance = async ({
  topics,
  kinds,
  nginx,
}: ConformanceOptions): Promise<ConformanceResult> => {
  const rows = topics.flatMap((topic) => topic.cases.map((testCase) => ({ topic, testCase })));
  const ports: Promise<UnresponsivePort>[] = [];
  const unresponsivePort = (): Promise<UnresponsivePort> => {
    ports[0] ??= takeUnresponsivePort();
    return ports[0];
  };
  const engines: EngineResult[] = [];
  const verdicts: Map<number, Partial<Record<EngineKind, Verdict>>> = new Map(
    rows.map((_, number) => [number, {}]),
  );
  try {
    for (const settings of phases) {
      const outcomes = await Promise.allSettled(
        kinds.flatMap((kind) =>
          settings.map(async (setting) => {
            const own = rows.flatMap(({ topic, testCase }, number) =>
              (testCase.setting ?? 'default') === setting ? [{ number, topic, testCase }] : [],
            );
            if (own.length === 0) return;
            const runs = await Promise.all(
              own.map(({ number, topic, testCase }) =>
                prepare(number, topic, testCase, kind, unresponsivePort),
              ),
            );
            const done = await runEngine(kind, setting, runs, nginx);
            for (const [number, verdict] of done.verdicts)
              Object.assign(verdicts.get(number) ?? {}, { [kind]: verdict });
            engines.push({ kind, faults: done.faults });
          }),
        ),
      );
      // All engines have stopped by now, also after a failure of one.
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    }
  } finally {
    for (const port of await Promise.all(ports)) port.release();
  }
  return {
    cases: rows.map(({ topic, testCase }, number) => ({
      topic,
      testCase,
      verdicts: verdicts.get(number) ?? {},
    })),
    engines: kinds.map((kind) => ({
      kind,
      faults: engines.filter((engine) => engine.kind === kind).flatMap(({ faults }) => faults),
    })),
  };
};
