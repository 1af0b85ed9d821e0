import { takeUnresponsivePort, type UnresponsivePort } from '@tripod/testing/unresponsive-port';
import type { Case, OwnExpectation, Setting, Topic } from '../case/case.ts';
import { type CaseUpstream, type Scripts, startCaseUpstream } from '../case/case-upstream.ts';
import { saysOk } from '../case/upstream-scripts.ts';
import { type EngineKind, type Reported, type RunningEngine, startEngine } from '../engines/start-engine.ts';
import { findNginxWay } from '../nginx-deviations/find-deviation.ts';
import { Signal } from '../wire/signal.ts';
import { compare, compareOther, compareOwn, describe, requestsOf } from './compare.ts';
import { type Observed, playCase } from './play-case.ts';

/** What an engine made of a case. */
export type Verdict = {
  /** It is as the rule says. */
  readonly holds: boolean;
  /** As recorded for this engine: the rule, or nginx's own way. */
  readonly isExpected: boolean;
  /** Empty when the rule holds; nginx's own way in words; otherwise what differs. */
  readonly words: string;
  /** A request reached an upstream that the proxy knows nothing of: a hole, whatever the row says. */
  readonly isHole: boolean;
};

export type CaseResult = {
  readonly topic: Topic;
  readonly one: Case;
  readonly verdicts: Readonly<Partial<Record<EngineKind, Verdict>>>;
};

export type EngineResult = {
  readonly kind: EngineKind;
  /** Errors of the process, crashes, and what it still counted as in flight when everything was over. */
  readonly faults: readonly string[];
};

export type ConformanceResult = {
  readonly cases: readonly CaseResult[];
  readonly engines: readonly EngineResult[];
};

export type ConformanceOptions = {
  readonly topics: readonly Topic[];
  readonly kinds: readonly EngineKind[];
  /** Path of nginx; only needed when it is among the kinds. */
  readonly nginx: string;
};

/** A case on its way through one engine. */
type Run = {
  readonly number: number;
  readonly topic: Topic;
  readonly one: Case;
  readonly kind: EngineKind;
  readonly prefix: string;
  readonly upstreams: readonly CaseUpstream[];
  readonly signal: Signal;
  readonly release: () => void;
  observed?: Observed;
};

const atOnce = 24;
/** What has short time-outs runs while nothing else keeps the machine busy. */
const phases: readonly (readonly Setting[])[] = [
  ['hasty-to-upstreams', 'hasty-to-clients', 'trusting'],
  ['plain'],
];

const prepare = async (
  number: number,
  topic: Topic,
  one: Case,
  kind: EngineKind,
  blocked: () => Promise<UnresponsivePort>,
): Promise<Run & { readonly addresses: readonly string[] }> => {
  const signal = new Signal();
  let released = false;
  const upstreams: CaseUpstream[] = [];
  const addresses: string[] = [];
  for (const [index, scripts] of (one.upstreams ?? [[saysOk] as Scripts]).entries()) {
    if (scripts === 'unreachable') {
      addresses.push(`127.0.0.1:${(await blocked()).port}`);
      continue;
    }
    if (scripts === 'refuses') {
      // A port that was only just given back could be someone else's by now; on these nobody ever listens.
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
  return { number, topic, one, kind, prefix: `/c${number}/`, upstreams, signal, release, addresses };
};

const expectationFor = ({ one, kind }: Run): OwnExpectation =>
  kind === 'nginx'
    ? (findNginxWay(one.rule)?.expect ?? one.expect)
    : { ...one.expect, ...one.ours, upstream: { ...one.expect.upstream, ...one.ours?.upstream } };

const play = async (run: Run, port: number): Promise<void> => {
  const { status, oneOf, connection } = expectationFor(run);
  const wanted = Array.isArray(status) ? status.length : (status ?? oneOf) === undefined ? 0 : 1;
  const { one, prefix, upstreams, signal, release } = run;
  run.observed = await playCase({
    one,
    port,
    prefix,
    upstreams,
    signal,
    release,
    wanted,
    connection,
    isStuck: run.kind === 'nginx' && (findNginxWay(one.rule)?.isStuck ?? false),
  });
  // Late arrivals: what the expectation counts may still be on its way from the proxy.
  const requests = expectationFor(run).upstream?.requests;
  const { observed } = run;
  if (requests !== undefined) await signal.until(() => requestsOf(observed).length >= requests, 1000);
  const whole = expectationFor(run).upstream?.whole;
  if (whole !== undefined)
    await signal.until(() => requestsOf(observed).filter((request) => request.whole).length >= whole, 1000);
};

/**
 * A target as nginx writes it anew: percent signs decoded where they need not be, no fragment, no empty query. Requests that
 * differ in nothing else are the same one.
 */
const plainly = (target: string): string =>
  target
    .replace(/^\w+:\/\/[^/]*/, '')
    .replace(/#.*$/, '')
    .replace(/\?$/, '')
    .replace(/(?:%|\\x)([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** Requests of this run that reached an upstream and that the proxy does not report: smuggled ones. */
const unreported = (run: Run, reported: readonly Reported[]): readonly string[] => {
  const known = new Set(reported.map(({ method, target }) => `${method} ${plainly(target)}`));
  return run.upstreams
    .flatMap(({ requests }) => requests)
    .map(({ method, target }) => `${method} ${plainly(`${run.prefix}${target.slice(1)}`)}`)
    .filter((asked) => !known.has(asked));
};

/** What an engine reports, by the prefix of the case that it belongs to. */
const byPrefix = (reported: readonly Reported[]): ReadonlyMap<string, readonly Reported[]> =>
  Map.groupBy(reported, ({ target }) => /\/c\d+\//.exec(target)?.[0] ?? '');

const judge = (run: Run, reported: readonly Reported[]): Verdict => {
  const { observed, one, kind } = run;
  if (!observed) throw new Error(`${one.rule}: never played`);
  const holes = unreported(run, reported);
  const isHole = holes.length > 0;
  const logged = reported.filter(({ target }) => !target.endsWith('/probe')).map(({ status }) => status);
  const own: OwnExpectation = { ...one.ours, upstream: { ...one.expect.upstream, ...one.ours?.upstream } };
  const differences = [
    ...holes.map((asked) => `smuggled: ${asked}`),
    ...(kind === 'nginx'
      ? compare(observed, one.expect)
      : compareOwn(observed, { ...one.expect, ...own }, logged)),
  ];
  const holds = differences.length === 0;
  const way = kind === 'nginx' ? findNginxWay(one.rule) : undefined;
  if (!way) {
    const words = holds ? '' : `${differences.join('; ')} (${describe(observed)})`;
    return { holds, isExpected: holds, words, isHole };
  }
  const others = compareOther(observed, way.expect, way.isStuck ?? false);
  const isExpected = others.length === 0 && !isHole && !holds;
  const words = isExpected
    ? way.says
    : holds
      ? `now as the rule says, not: ${way.says}`
      : `${others.join('; ')} (${describe(observed)})`;
  return { holds, isExpected, words, isHole };
};

const settle = async (engine: RunningEngine): Promise<readonly string[]> => {
  if (!engine.isAlive()) return ['the process ended'];
  let counted = await engine.inFlight();
  // A client that was just left is noticed when its socket says so.
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
    await Promise.all(Array.from({ length: atOnce }, worker));
  } finally {
    for (const run of runs) run.release();
    await Promise.all(runs.flatMap(({ upstreams }) => upstreams.map((upstream) => upstream.stop())));
    faults = await settle(engine);
    stopped = await engine.stop();
  }
  const reported = byPrefix(stopped.reported);
  const verdicts = new Map(runs.map((run) => [run.number, judge(run, reported.get(run.prefix) ?? [])]));
  return { verdicts, faults: [...faults, ...stopped.errors] };
};

/** Plays every case with every engine, the engines at the same time. */
export const runConformance = async ({
  topics,
  kinds,
  nginx,
}: ConformanceOptions): Promise<ConformanceResult> => {
  const rows = topics.flatMap((topic) => topic.cases.map((one) => ({ topic, one })));
  const ports: Promise<UnresponsivePort>[] = [];
  const blocked = (): Promise<UnresponsivePort> => {
    ports[0] ??= takeUnresponsivePort();
    return ports[0];
  };
  const engines: EngineResult[] = [];
  const verdicts: Map<number, Partial<Record<EngineKind, Verdict>>> = new Map(
    rows.map((_, number) => [number, {}]),
  );
  try {
    for (const settings of phases) {
      const played = await Promise.allSettled(
        kinds.flatMap((kind) =>
          settings.map(async (setting) => {
            const own = rows.flatMap(({ topic, one }, number) =>
              (one.setting ?? 'plain') === setting ? [{ number, topic, one }] : [],
            );
            if (own.length === 0) return;
            const runs = await Promise.all(
              own.map(({ number, topic, one }) => prepare(number, topic, one, kind, blocked)),
            );
            const done = await runEngine(kind, setting, runs, nginx);
            for (const [number, verdict] of done.verdicts)
              Object.assign(verdicts.get(number) ?? {}, { [kind]: verdict });
            engines.push({ kind, faults: done.faults });
          }),
        ),
      );
      // The others have come to their end, and their processes with them.
      for (const one of played) if (one.status === 'rejected') throw one.reason;
    }
  } finally {
    for (const port of await Promise.all(ports)) port.release();
  }
  return {
    cases: rows.map(({ topic, one }, number) => ({ topic, one, verdicts: verdicts.get(number) ?? {} })),
    engines: kinds.map((kind) => ({
      kind,
      faults: engines.filter((engine) => engine.kind === kind).flatMap(({ faults }) => faults),
    })),
  };
};
