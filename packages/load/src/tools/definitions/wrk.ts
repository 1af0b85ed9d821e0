import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readNumber } from '../read-number.ts';
import type { Tool } from '../tool.ts';

const percentiles = [50, 90, 95, 99, 99.9];

/** Runs the script of the lab, but reports the result in a form that can be read. wrk counts in µs. */
const reporting = (script: string): string => `dofile(${JSON.stringify(script)})
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("result requests %d failed %d us %d\\n", summary.requests,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout, summary.duration))
  for _, percent in ipairs({ ${percentiles.join(', ')} }) do
    io.write(string.format("percentile %s us %d\\n", percent, latency:percentile(percent)))
  end
  io.write(string.format("percentile 100 us %d\\n", latency.max))
end
`;

export const tool: Tool = {
  program: 'wrk',
  install: 'Debian and Ubuntu: apt-get install wrk; macOS: brew install wrk',
  scripts: { posts: { file: 'wrk-post.lua', path: '/api/posts' } },
  model: 'closed',
  corrected: true,
  correction:
    'Closed model; wrk corrects its times after the run by requests that a pause kept from being sent.',
  command({ script, url, users, runSeconds, folder }) {
    const wrapper = join(folder, 'reporting.lua');
    writeFileSync(wrapper, reporting(script));
    const seconds = Math.max(1, Math.round(runSeconds));
    const args = [
      '-t',
      '1',
      '-c',
      String(users),
      '-d',
      `${seconds}s`,
      '--timeout',
      '30s',
      '-s',
      wrapper,
      url,
    ];
    return { program: 'wrk', args, load: `${users} connections` };
  },
  parse(output) {
    const [, requests, failed, us] = /^result requests (\d+) failed (\d+) us (\d+)$/m.exec(output) ?? [];
    if (us === undefined) throw new Error('the script printed no result');
    const at = (percent: number): number =>
      readNumber(output, new RegExp(`^percentile ${percent} us (\\d+)$`, 'm')) / 1000;
    return {
      requests: Number(requests),
      failed: Number(failed),
      requestsPerSecond: Number(requests) / (Number(us) / 1e6),
      responseTimeMs: { p50: at(50), p90: at(90), p95: at(95), p99: at(99), 'p99.9': at(99.9), max: at(100) },
      names: [],
    };
  },
};
