import { LatencyHistogram } from '@tripod/shared/metrics/latency-histogram';
import { findRequest, parseLogLine } from '../output/parse-line.ts';
import type { TrafficCounters } from './traffic.ts';

/** Counts the request lines of processes, for a load balancer such as nginx that does not report on its upstreams. */
export type LogTraffic = {
  line(name: string, line: string): void;
  read(): ReadonlyMap<string, TrafficCounters>;
};

export const createLogTraffic = (): LogTraffic => {
  const counters = new Map<
    string,
    { readonly answers: Record<string, number>; readonly latency: LatencyHistogram }
  >();
  return {
    line(name, line) {
      const event = parseLogLine(line);
      const request = event && findRequest(event);
      if (!request) return;
      const { answers, latency } = counters.get(name) ?? { answers: {}, latency: new LatencyHistogram() };
      counters.set(name, { answers, latency });
      const status = `${Math.floor(request.status / 100)}xx`;
      answers[status] = (answers[status] ?? 0) + 1;
      latency.record(request.durationMs);
    },
    read: () =>
      new Map(
        [...counters].map(([name, { answers, latency }]) => [
          name,
          { answers: { ...answers }, latency: latency.total().slice() },
        ]),
      ),
  };
};
