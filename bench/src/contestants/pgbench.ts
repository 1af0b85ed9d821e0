import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadResult } from '../definition/figures.ts';
import type { Contestant } from '../definition/run.ts';
import { readNumber } from '../load-tools/read-number.ts';
import { runProgram } from '../load-tools/run-program.ts';
import { databaseOf } from '../machine/start-database.ts';

const insert = `insert into images (title, alt_text, url)
  values ('Picture', 'What the picture shows', 'https://images.example/picture.jpg');
`;

/** Throws on unexpected output. */
export const parsePgbench = (output: string): LoadResult => {
  const requests = readNumber(output, /^number of transactions actually processed: (\d+)/m);
  const rate = /^tps = ([\d.]+) \(without initial connection time\)$/m;
  return {
    requests,
    errors: Number(/^number of failed transactions: (\d+)/m.exec(output)?.[1] ?? 0),
    // pgbench reports no rate when there were no transactions.
    figures: { requestsPerSecond: requests === 0 ? 0 : readNumber(output, rate) },
  };
};

/** Connection settings as environment variables of libpq, because a password in argv is visible in process lists. */
const connectionOf = (url: URL) => ({
  PGHOST: url.hostname,
  PGPORT: url.port,
  PGUSER: decodeURIComponent(url.username),
  PGPASSWORD: decodeURIComponent(url.password),
  PGDATABASE: url.pathname.slice(1),
});

/** Postgres without an API: one prepared insert per transaction, the limit for an API that inserts rows one by one. */
export const pgbench = (database: string): Contestant => ({
  name: 'pgbench',
  about: 'pgbench with single prepared inserts: Postgres without an API',
  programs: ['pgbench'],
  start(place, urls) {
    const file = join(place.folder, 'insert.sql');
    writeFileSync(file, insert);
    const environment = connectionOf(new URL(databaseOf(urls, database)));
    return Promise.resolve({
      pids: [],
      url: '',
      async measure({ connections }, seconds) {
        const clients = ['--client', String(connections), '--jobs', '1', '--time', String(seconds)];
        const args = ['--no-vacuum', '--protocol', 'prepared', '--file', file, ...clients];
        return parsePgbench(await runProgram(place.cores.load, ['pgbench', ...args], environment));
      },
    });
  },
});
