import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readNumber } from '../read-number.ts';
import type { Tool } from '../tool.ts';

const folderOf = (folder: string): string => join(folder, 'gatling');

export const tool: Tool = {
  program: 'mvn',
  install:
    'a JDK of version 17 or newer and Maven; Debian and Ubuntu: apt-get install maven; it loads Gatling itself',
  scripts: { people: { file: 'gatling/pom.xml' } },
  model: 'open',
  corrected: false,
  correction: 'Open model, times not corrected and in whole ms: they count from the send.',
  command: ({ script, origin, runSeconds, folder }) => ({
    program: 'mvn',
    args: [
      ...[
        '-q',
        '-f',
        dirname(script),
        'gatling:test',
        `-DrampSeconds=${Math.max(1, Math.round(runSeconds))}`,
      ],
      ...[`-DbaseUrl=${origin}`, `-Dgatling.resultsFolder=${folderOf(folder)}`],
    ],
    load: `the rates of the contest, with ramps of ${Math.max(1, Math.round(runSeconds))} s`,
  }),
  parse(_output, { folder }) {
    const [report = ''] = readdirSync(folderOf(folder));
    const script = readFileSync(join(folderOf(folder), report, 'js/stats.js'), 'utf8');
    // The first block is the sum over all requests.
    const read = (figure: string, of: 'total' | 'ko'): number =>
      readNumber(script, new RegExp(`"${figure}": \\{[^}]*"${of}": "?([\\d.]+)`));
    const time = (figure: string): number => read(figure, 'total');
    return {
      requests: read('numberOfRequests', 'total'),
      failed: read('numberOfRequests', 'ko'),
      requestsPerSecond: read('meanNumberOfRequestsPerSecond', 'total'),
      responseTimeMs: {
        ...{ p50: time('percentiles1'), p95: time('percentiles3'), p99: time('percentiles4') },
        max: time('maxResponseTime'),
      },
      names: [],
    };
  },
};
