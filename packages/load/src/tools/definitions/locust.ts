import type { Percentiles } from '../../measure/percentiles.ts';
import type { Tool } from '../tool.ts';

/** The statistics of one request name in the output of `--json`. `response_times` counts by whole ms. */
type Entry = {
  readonly name: string;
  readonly method: string;
  readonly num_requests: number;
  readonly num_failures: number;
  readonly total_response_time: number;
  readonly total_content_length: number;
  readonly min_response_time: number | null;
  readonly max_response_time: number;
  readonly start_time: number;
  readonly last_request_timestamp: number | null;
  readonly response_times: Readonly<Record<string, number>>;
};

const percentilesOf = (entries: readonly Entry[]): Percentiles => {
  const counts = entries
    .flatMap(({ response_times }) => Object.entries(response_times))
    .map(([ms, count]) => ({ ms: Number(ms), count }))
    .sort((a, b) => a.ms - b.ms);
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const at = (share: number): number => {
    let seen = 0;
    for (const { ms, count } of counts) {
      seen += count;
      if (seen >= total * share) return ms;
    }
    return 0;
  };
  const max = Math.max(0, ...entries.map(({ max_response_time }) => max_response_time));
  return { p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: at(0.99), 'p99.9': at(0.999), max };
};

export const tool: Tool = {
  program: 'locust',
  install: 'pip install -r labs/books/requirements.txt',
  scripts: { books: { file: 'locustfile.py' } },
  model: 'closed',
  corrected: false,
  correction:
    'Closed model, times not corrected and in whole ms: a pause of the server counts once for each user.',
  command: ({ script, origin, users, spawnRate, runSeconds }) => ({
    program: 'locust',
    args: [
      ...['-f', script, '--headless', '--json', '--skip-log-setup', '-H', origin],
      ...['-u', String(users), '-r', String(spawnRate), '-t', `${Math.max(1, Math.round(runSeconds))}s`],
    ],
    load: `${users} users, ${spawnRate} spawned a second`,
  }),
  parse(output) {
    const entries = JSON.parse(
      output.slice(output.indexOf('['), output.lastIndexOf(']') + 1),
    ) as readonly Entry[];
    const sum = (of: (entry: Entry) => number): number =>
      entries.reduce((total, entry) => total + of(entry), 0);
    const requests = sum((entry) => entry.num_requests);
    const begun = Math.min(...entries.map((entry) => entry.start_time));
    const ended = Math.max(...entries.map((entry) => entry.last_request_timestamp ?? 0));
    return {
      requests,
      failed: sum((entry) => entry.num_failures),
      requestsPerSecond: requests === 0 ? 0 : requests / Math.max(0.001, ended - begun),
      responseTimeMs: percentilesOf(entries),
      names: entries.map((entry) => ({
        method: entry.method,
        // The names of the script begin with the method.
        name: entry.name.replace(`${entry.method} `, ''),
        requests: entry.num_requests,
        failed: entry.num_failures,
        averageMs: entry.total_response_time / Math.max(1, entry.num_requests),
        minMs: entry.min_response_time ?? 0,
        averageBytes: entry.total_content_length / Math.max(1, entry.num_requests),
        responseTimeMs: percentilesOf([entry]),
      })),
    };
  },
};
