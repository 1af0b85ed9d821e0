import type { ProcessSample, StackSample } from '@tripod/stack-client/reading';
import type { CopyFigures, LoadFigures, RoomSample, Took } from '../../web/src/room-model.ts';

const sumOf = (values: readonly (number | undefined)[]): number | undefined => {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0);
};

const failedOf = (byStatus: ProcessSample['byStatus']): number | undefined =>
  byStatus && (byStatus['5xx'] ?? 0);

const toCopy = (one: ProcessSample, total: number | undefined): CopyFigures => ({
  name: one.name,
  state: one.state,
  fault: one.fault,
  upstreamState: one.upstreamState,
  upstreamReason: one.upstreamReason,
  share: one.requestsPerSecond === undefined || !total ? undefined : one.requestsPerSecond / total,
  requestsPerSecond: one.requestsPerSecond,
  failuresPerSecond: one.failuresPerSecond,
  inFlight: one.inFlight,
  p50Ms: one.p50Ms,
  p99Ms: one.p99Ms,
  cpu: one.cpu,
  memoryBytes: one.memoryBytes,
  loopDelayMs: one.loopDelayMs,
  ejections: one.ejections,
});

export type RoomSampleParts = {
  /** The service whose copies are shown. */
  readonly service: string;
  readonly load: LoadFigures | undefined;
  /** What this process used, as a share of one core: the load generator and the page. */
  readonly ownCpu: number | undefined;
};

/** Turns a reading of the stack into what the page shows, with the load beside it. */
export const toRoomSample = (stack: StackSample, { service, load, ownCpu }: RoomSampleParts): RoomSample => {
  const { processes, proxy, database } = stack;
  const copies = processes.filter((one) => one.service === service);
  const balancer = processes.find(({ name }) => name === proxy?.name);
  const others = processes.filter((one) => one.service !== service && one !== balancer);
  const took: readonly Took[] = [
    { name: load ? 'load and page' : 'page', cpu: ownCpu },
    { name: balancer?.name ?? 'proxy', cpu: balancer?.cpu },
    { name: 'copies', cpu: sumOf(copies.map(({ cpu }) => cpu)) },
    { name: 'others', cpu: sumOf(others.map(({ cpu }) => cpu)) },
  ];
  const total = sumOf(copies.map(({ requestsPerSecond }) => requestsPerSecond));
  return {
    atMs: Date.parse(stack.at),
    copies: copies.map((one) => toCopy(one, total)),
    proxy: {
      name: proxy?.name ?? 'proxy',
      policy: proxy?.policy,
      requestsPerSecond: proxy?.requestsPerSecond,
      failedPerSecond: failedOf(proxy?.byStatus),
      retriesPerSecond: proxy?.retriesPerSecond,
      p50Ms: proxy?.p50Ms,
      p99Ms: proxy?.p99Ms,
    },
    database,
    load,
    took: took.filter(({ cpu }) => cpu !== undefined),
  };
};
