import type { Load } from '../run.ts';
import { type LoadResult, readNumber } from './load-result.ts';

const unitMs: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000 };

/** Arguments of wrk: one thread, which is enough to keep one core busy. */
export const wrkArguments = ({ connections }: Load, url: string, seconds: number): readonly string[] => [
  '--threads',
  '1',
  '--connections',
  String(connections),
  '--duration',
  `${seconds}s`,
  '--latency',
  url,
];

/** Throws on output that is not understood. */
export const parseWrk = (output: string): LoadResult => {
  const [, p99 = '', unit = ''] = /^\s*99%\s+([\d.]+)(us|ms|s|m)$/m.exec(output) ?? [];
  const socketErrors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(output);
  const wrongStatus = Number(/Non-2xx or 3xx responses: (\d+)/.exec(output)?.[1] ?? 0);
  return {
    requests: readNumber(output, /^\s*(\d+) requests in /m),
    requestsPerSecond: readNumber(output, /^Requests\/sec:\s+([\d.]+)$/m),
    errors: (socketErrors?.slice(1) ?? []).reduce((sum, count) => sum + Number(count), wrongStatus),
    p99Ms: readNumber(p99, /^([\d.]+)$/) * (unitMs[unit] ?? Number.NaN),
  };
};
