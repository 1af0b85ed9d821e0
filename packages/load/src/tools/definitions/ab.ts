import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readNumber } from '../read-number.ts';
import type { Tool } from '../tool.ts';

const fileOf = (folder: string): string => join(folder, 'percentiles.csv');

export const tool: Tool = {
  program: 'ab',
  install: 'Debian and Ubuntu: apt-get install apache2-utils; macOS has it',
  scripts: { gallery: { file: 'ab.sh', path: '/api/images.json' } },
  model: 'closed',
  corrected: false,
  correction:
    'Closed model, times not corrected: a pause of the server counts once for each of its connections.',
  command: ({ script, url, folder }) => ({
    program: 'sh',
    args: [script, '5000', url, fileOf(folder)],
    load: '5000 requests, 25 at a time over kept connections',
  }),
  parse(output, { folder }) {
    // The script runs ab twice, the second time with kept connections, and the file is that of the second run.
    const last = output.slice(output.lastIndexOf('Complete requests'));
    const csv = readFileSync(fileOf(folder), 'utf8');
    const at = (percent: number): number => readNumber(csv, new RegExp(`^${percent},([\\d.]+)$`, 'm'));
    return {
      requests: readNumber(last, /^Complete requests:\s+(\d+)$/m),
      failed:
        readNumber(last, /^Failed requests:\s+(\d+)$/m) +
        Number(/^Non-2xx responses:\s+(\d+)$/m.exec(last)?.[1] ?? 0),
      requestsPerSecond: readNumber(last, /^Requests per second:\s+([\d.]+)/m),
      responseTimeMs: { p50: at(50), p90: at(90), p95: at(95), p99: at(99) },
      names: [],
    };
  },
};
