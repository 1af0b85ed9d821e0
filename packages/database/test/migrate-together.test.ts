import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TempDatabase } from '@tripod/testing/temp-database';
import { waitFor } from '@tripod/testing/wait-for';
import pg from 'pg';
import { emptyDatabase } from './support/test-database.ts';

/** A process that migrates the databases that it is sent, and can be killed. */
class Copy {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #ready: Promise<string>;

  constructor() {
    const script = join(import.meta.dirname, 'support/run-migrations.ts');
    const child = spawn(process.execPath, [script], {
      env: { PATH: process.env['PATH'] },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    this.#ready = this.#next();
  }

  async #next(): Promise<string> {
    const { value, done } = await this.#lines.next();
    return done ? 'ended' : value;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async untilReady(): Promise<void> {
    expect(await this.#ready).toBe('ready');
  }

  /** Resolves with the outcome for this database. */
  migrate(url: string): Promise<string> {
    this.#child.stdin?.write(`${url}\n`);
    return this.#next();
  }

  async kill(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}

let temp: TempDatabase;
let copies: Copy[];
beforeAll(async () => {
  temp = await emptyDatabase();
  // One more than are needed at a time: another takes the place of the one that is killed.
  copies = [new Copy(), new Copy(), new Copy(), new Copy()];
});
afterAll(async () => {
  await Promise.all(copies.map((copy) => copy.kill()));
  await temp.drop();
});

const connect = async (): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: temp.url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

/** The copy whose session matches, by its pid. */
const findSession = async (client: pg.Client, condition: string): Promise<number | undefined> => {
  const { rows } = await client.query<{ application_name: string }>(
    `select application_name from pg_stat_activity
     where datname = current_database() and application_name like 'copy %' and ${condition}`,
  );
  return rows[0] && Number(rows[0].application_name.slice('copy '.length));
};
const holdingLock = `pid in (select pid from pg_locks where locktype = 'advisory' and classid = 1 and granted)`;
const inMigration = (lock: number): string =>
  `pid in (select pid from pg_locks where locktype = 'advisory' and objid = ${lock} and not granted)`;

/** When one of the three copies is killed: the lock that stops the migrating copy, and the copy that is killed. */
const moments = [
  { name: 'in the first migration', gate: 1, killed: inMigration(1) },
  { name: 'in the second migration', gate: 2, killed: inMigration(2) },
  { name: 'while it waits for its turn', gate: 1, killed: `not (${inMigration(1)})` },
  { name: 'while it holds the lock, wherever it is', gate: undefined, killed: holdingLock },
  { name: 'while it connects, or wherever it is', gate: undefined, killed: 'true' },
] as const;

describe('three copies that start together on an empty database', () => {
  const rounds = Array.from({ length: 20 }, (_, round) => ({
    round: round + 1,
    ...(moments[round % moments.length] ?? moments[0]),
  }));

  it.each(rounds)(
    'end with the right schema when one is killed $name (round $round)',
    async ({ gate, killed }) => {
      const starting = copies.slice(0, 3);
      for (const copy of starting) await copy.untilReady();
      const observer = await connect();
      const holder = await connect();
      try {
        if (gate !== undefined) await holder.query(`select pg_advisory_lock(${gate})`);
        const outcomes = new Map(starting.map((copy) => [copy, copy.migrate(temp.url)]));
        if (gate !== undefined) {
          await waitFor('the migration', () => findSession(observer, inMigration(gate)));
        }
        let finished = false;
        void Promise.all(outcomes.values()).then(() => {
          finished = true;
        });
        // Without a gate they may all have finished before.
        const pid = await waitFor(
          'the session of the copy',
          async () => finished || findSession(observer, killed),
        );
        const killedCopy = starting.find((copy) => copy.pid === pid) ?? starting[0];
        await killedCopy?.kill();
        copies = [...copies.filter((copy) => copy !== killedCopy), new Copy()];
        await holder.end();
        for (const copy of starting) {
          if (copy !== killedCopy) expect(await outcomes.get(copy)).toMatch(/^migrated [02]$/);
        }
        const ask = async (text: string): Promise<unknown[]> => (await observer.query(text)).rows;
        expect(await ask('select word from words')).toEqual([{ word: 'first' }, { word: 'second' }]);
        expect(await ask('select is_locked from knex_migrations_lock')).toEqual([{ is_locked: 0 }]);
        const left =
          "select 1 from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())";
        await waitFor('the end of all locks', async () => (await ask(left)).length === 0);
      } finally {
        // An empty database again; another one would cost a second on a busy disk.
        await observer.query('drop schema public cascade');
        await observer.query('create schema public');
        await observer.end();
      }
    },
  );
});
