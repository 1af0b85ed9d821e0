import type { Load } from '../run.ts';
import { type LoadResult, readNumber } from './load-result.ts';

/** ab keeps 40 bytes for each request that it may make, and makes 50,000 at most unless it is told. */
const mostRequests = 1_000_000;

/** Arguments of ab: no keep-alive, a new connection for each request. */
export const abArguments = ({ connections }: Load, url: string, seconds: number): readonly string[] => [
  '-q',
  '-t',
  String(seconds),
  // After -t, which sets it too.
  '-n',
  String(mostRequests),
  '-c',
  String(connections),
  url,
];

/** Throws on output that is not understood. */
export const parseAb = (output: string): LoadResult => ({
  requests: readNumber(output, /^Complete requests:\s+(\d+)$/m),
  requestsPerSecond: readNumber(output, /^Requests per second:\s+([\d.]+)/m),
  errors:
    readNumber(output, /^Failed requests:\s+(\d+)$/m) +
    Number(/^Non-2xx responses:\s+(\d+)$/m.exec(output)?.[1] ?? 0),
  p99Ms: readNumber(output, /^\s*99%\s+(\d+)$/m),
});
