import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadResult } from '../definition/figures.ts';
import type { NewConnections } from '../definition/load.ts';
import { type LoadTool, urlOf } from './load-tool.ts';
import { readNumber } from './read-number.ts';
import { runProgram } from './run-program.ts';

/** ab reserves 40 bytes for each request of -n, and stops after 50,000 requests without -n. */
const maxRequests = 1_000_000;

/** Returns the arguments of ab. It writes the percentiles to a file, because only there they have decimals. */
export const abArguments = (
  { connections, keepAlive, requests }: NewConnections,
  url: string,
  { seconds, percentiles }: { readonly seconds: number; readonly percentiles: string },
): readonly string[] => [
  '-q',
  ...(keepAlive ? ['-k'] : []),
  // -t also sets -n, so -n comes last.
  ...(requests === undefined ? ['-t', String(seconds), '-n', String(maxRequests)] : ['-n', String(requests)]),
  '-c',
  String(connections),
  '-e',
  percentiles,
  url,
];

/** Throws on unexpected output. */
export const parseAb = (output: string, percentiles: string): LoadResult => ({
  requests: readNumber(output, /^Complete requests:\s+(\d+)$/m),
  errors:
    readNumber(output, /^Failed requests:\s+(\d+)$/m) +
    Number(/^Non-2xx responses:\s+(\d+)$/m.exec(output)?.[1] ?? 0),
  figures: {
    requestsPerSecond: readNumber(output, /^Requests per second:\s+([\d.]+)/m),
    p99Ms: readNumber(percentiles, /^99,([\d.]+)$/m),
  },
});

/** Runs a load with a new connection for each request, or with -k over persistent connections. */
export const runAb: LoadTool<NewConnections> = async (load, running, { seconds, core, folder }) => {
  const file = join(folder, `${load.name}.csv`);
  const args = abArguments(load, urlOf(load, running), { seconds, percentiles: file });
  const output = await runProgram(core, ['ab', ...args]);
  return parseAb(output, readFileSync(file, 'utf8'));
};
