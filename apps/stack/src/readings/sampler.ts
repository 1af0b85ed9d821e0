import type { Clock } from '@tripod/shared/async/clock';
import type { ProcessUsage } from '@tripod/shared/os/process-usage';
import type { DatabaseSample, ProcessSample, ProxySample, StackSample } from '@tripod/stack-client/reading';
import type { BalancerReading, UpstreamCounters } from '../balancer/balancer.ts';
import type { DatabaseSource } from '../supervisor/joined-service.ts';
import { describeTraffic, mergeTraffic, subtractTraffic, type TrafficCounters } from './traffic.ts';

/** A process of the stack as its supervisor knows it. */
export type ProcessSource = Pick<
  ProcessSample,
  'name' | 'service' | 'state' | 'pid' | 'port' | 'fault' | 'restarts'
> & {
  /** See `ProcessSample.loopDelayMs`. Undefined for a process that cannot be asked. */
  readonly measureLoop?: ((timeoutMs: number) => Promise<number | null | undefined>) | undefined;
};

export type SamplerSources = {
  readonly clock: Clock;
  processes(): Promise<readonly ProcessSource[]>;
  usageOf(pid: number): ProcessUsage | undefined;
  /** The name of the load balancer; undefined without one. */
  readonly balancerName: string | undefined;
  /** Undefined when the load balancer does not tell; the traffic is that of the logs then. */
  readonly readBalancer: (() => Promise<BalancerReading>) | undefined;
  /** Counters by the names of processes. */
  readLogs(): ReadonlyMap<string, TrafficCounters>;
  /** Undefined when there is none of ours. */
  readonly database: DatabaseSource | undefined;
  onPolicy(policy: string): void;
};

export type Sampler = {
  /** `loopTimeoutMs`: how long a process may take to answer about its event loop. */
  sample(loopTimeoutMs: number): Promise<StackSample>;
  close(): Promise<void>;
};

type Earlier = {
  readonly atMs: number;
  readonly traffic: ReadonlyMap<string, TrafficCounters>;
  readonly upstreams: ReadonlyMap<number, UpstreamCounters>;
  readonly cpu: ReadonlyMap<number, number>;
  readonly policy: string | undefined;
  readonly transactions: number | undefined;
};

const roundTo = (digits: number, value: number): number => Number(value.toFixed(digits));

const sumOf = (upstreams: Iterable<UpstreamCounters>, read: (one: UpstreamCounters) => number): number =>
  [...upstreams].reduce((sum, one) => sum + read(one), 0);

/** Takes samples; rates and percentiles cover the time since the sample before. */
export const createSampler = (sources: SamplerSources): Sampler => {
  const { clock, usageOf, balancerName, readBalancer, database } = sources;
  let earlier: Earlier | undefined;

  /** What grew since the last sample, per second. Undefined for the first sample, and after counters began again. */
  const rateOf = (later: number, before: number | undefined, seconds: number): number | undefined =>
    before === undefined || later < before || seconds <= 0
      ? undefined
      : roundTo(2, (later - before) / seconds);

  return {
    async sample(loopTimeoutMs) {
      const processes = await sources.processes();
      const [reading, statistics, loops] = await Promise.all([
        readBalancer?.().catch(() => undefined),
        database?.read().catch(() => undefined),
        Promise.all(processes.map(({ measureLoop }) => measureLoop?.(loopTimeoutMs))),
      ]);
      const atMs = clock.monotonicMs();
      const seconds = earlier ? (atMs - earlier.atMs) / 1000 : 0;
      const upstreams: ReadonlyMap<number, UpstreamCounters> = reading?.upstreams ?? new Map();
      const upstreamOf = ({ port }: ProcessSource): UpstreamCounters | undefined =>
        port === undefined ? undefined : upstreams.get(port);
      const logs = readBalancer ? undefined : sources.readLogs();
      const traffic = new Map<string, TrafficCounters>();
      for (const process of processes) {
        const counters = upstreamOf(process) ?? logs?.get(process.name);
        if (counters) traffic.set(process.name, counters);
      }
      const added = new Map<string, TrafficCounters>();
      for (const [name, counters] of traffic) {
        const before = earlier?.traffic.get(name);
        // A process without an earlier reading has had no traffic, unless this is the first sample.
        if (before) added.set(name, subtractTraffic(counters, before));
        else if (earlier) added.set(name, counters);
      }
      const cpu = new Map<number, number>();

      const describe = (
        { measureLoop: _measure, ...process }: ProcessSource,
        loop: number | null | undefined,
      ) => {
        const { name, pid, port } = process;
        const usage = pid === undefined ? undefined : usageOf(pid);
        if (usage && pid !== undefined) cpu.set(pid, usage.cpuMs);
        const cpuRate =
          usage && pid !== undefined ? rateOf(usage.cpuMs, earlier?.cpu.get(pid), seconds) : undefined;
        const upstream = upstreamOf(process);
        const failuresBefore = port === undefined ? undefined : earlier?.upstreams.get(port)?.failures;
        const traffics = added.get(name);
        return {
          ...process,
          ...(traffics && seconds > 0 ? describeTraffic(traffics, seconds) : {}),
          ...(upstream
            ? {
                inFlight: upstream.inFlight,
                failuresPerSecond: rateOf(upstream.failures, failuresBefore, seconds),
                ejections: upstream.ejections,
                upstreamState: upstream.state,
                upstreamReason: upstream.reason,
              }
            : {}),
          cpu: cpuRate === undefined ? undefined : roundTo(3, cpuRate / 1000),
          memoryBytes: usage?.memoryBytes,
          loopDelayMs: typeof loop === 'number' ? roundTo(1, loop) : loop,
        } satisfies ProcessSample;
      };
      const described = processes.map((process, at) => describe(process, loops[at]));

      const policy = reading && reading.policies.length > 0 ? reading.policies.join(', ') : earlier?.policy;
      if (earlier?.policy !== undefined && policy !== undefined && policy !== earlier.policy)
        sources.onPolicy(policy);
      const retries = reading && sumOf(upstreams.values(), (one) => one.retries);
      const retriesBefore = earlier && sumOf(earlier.upstreams.values(), (one) => one.retries);
      const proxy: ProxySample | undefined =
        balancerName === undefined
          ? undefined
          : {
              name: balancerName,
              policy,
              ...(added.size > 0 && seconds > 0
                ? describeTraffic(mergeTraffic([...added.values()]), seconds)
                : {}),
              retries,
              retriesPerSecond: retries === undefined ? undefined : rateOf(retries, retriesBefore, seconds),
              ejections: reading && sumOf(upstreams.values(), (one) => one.ejections),
            };
      const databaseSample: DatabaseSample | undefined = statistics && {
        connections: statistics.connections,
        maxConnections: statistics.maxConnections,
        transactionsPerSecond: rateOf(statistics.transactions, earlier?.transactions, seconds),
        waiting: statistics.waiting,
      };
      earlier = {
        atMs,
        // What the load balancer did not tell this time is compared with what it told last.
        traffic: reading || logs ? traffic : (earlier?.traffic ?? traffic),
        upstreams: reading ? upstreams : (earlier?.upstreams ?? upstreams),
        cpu,
        policy,
        transactions: statistics?.transactions,
      };
      return {
        type: 'sample',
        at: new Date(clock.wallMs()).toISOString(),
        processes: described,
        proxy,
        database: databaseSample,
      };
    },
    close: async () => database?.close(),
  };
};
