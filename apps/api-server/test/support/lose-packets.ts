/**
 * Run by root in a network namespace of its own. Starts a Postgres and a copy of the API, drops 5 % of the packets
 * between them while eight clients write and read, and prints the result as one line of JSON.
 */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { parseDatabaseUrl } from '@tripod/database/parse-database-url';
import { startTestPostgres } from '@tripod/embedded-postgres/start-test-postgres';
import { systemClock } from '@tripod/shared/async/clock';
import { createReadiness } from '@tripod/shared/http/readiness';
import { silentLogger } from '@tripod/shared/logging/logger';
import { askDatabase } from '@tripod/testing/ask-database';
import { openState } from '../../src/open-state.ts';
import { createResources } from '../../src/resource/define-resource.ts';
import { resources } from '../../src/resources.ts';
import { createApiServer } from '../../src/server.ts';
import { openMigratedDatabase } from './migrated-database.ts';

const clients = 8;
const writesEach = 25;

const postgres = await startTestPostgres();
const database = await openMigratedDatabase(postgres.urlOf(), { allowUnsafeDurability: true });
const state = openState({
  stateUrl: undefined,
  database,
  address: parseDatabaseUrl(postgres.urlOf()),
  applicationName: 'lose-packets',
  logger: silentLogger,
  clock: systemClock,
});
const readiness = createReadiness();
const server = createApiServer(
  { corsOrigins: ['*'], servedBy: () => undefined },
  {
    resources: createResources(resources, {
      database,
      state,
      servedBy: () => undefined,
      clock: systemClock,
      random: Math.random,
      createUuid: randomUUID,
      logger: silentLogger,
      readiness,
    }),
    readiness,
    metrics: undefined,
    logger: silentLogger,
    clock: systemClock,
  },
);
const { url } = await server.listen({ host: '127.0.0.1', port: 0 });
await database.knex('images').delete();

const ways = ['sport', 'dport'].map(
  (way) => `add rule ip lossy in tcp ${way} ${postgres.port} numgen random mod 100 < 5 counter drop`,
);
const rules = [
  'add table ip lossy',
  'add chain ip lossy in { type filter hook input priority 0; }',
  ...ways,
].join('\n');
execFileSync('nft', ['-f', '-'], { input: rules });

const answers: Record<string, number> = {};
const count = async (method: string, response: Response): Promise<void> => {
  await response.arrayBuffer();
  const key = `${method} ${response.status}`;
  answers[key] = (answers[key] ?? 0) + 1;
};
const client = async (name: number): Promise<void> => {
  for (let written = 0; written < writesEach; written += 1) {
    const image = { title: `${name}.${written}`, alt_text: 'lost and found', url: '/x' };
    await count('POST', await fetch(`${url}/images.json`, { method: 'POST', body: JSON.stringify(image) }));
    await count('GET', await fetch(`${url}/images.json?limit=10`));
  }
};
await Promise.all(Array.from({ length: clients }, (_, name) => client(name)));

const ruleset = execFileSync('nft', ['list', 'table', 'ip', 'lossy'], { encoding: 'utf8' });
const dropped = [...ruleset.matchAll(/packets (\d+)/g)].reduce(
  (sum, [, packets]) => sum + Number(packets),
  0,
);
execFileSync('nft', ['delete', 'table', 'ip', 'lossy']);
// On a connection of its own: to the copy the database may be unavailable now.
const titles = await askDatabase<{ title: string }>(postgres.urlOf(), 'select title from images');
console.log(
  JSON.stringify({
    answers,
    asked: clients * writesEach,
    stored: titles.length,
    distinct: new Set(titles.map(({ title }) => title)).size,
    dropped,
  }),
);
await server.stop({ drainDelayMs: 0 });
await database.close();
await postgres.stop();
