import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Database } from '@tripod/database/database';
import { createSessionQuery } from '@tripod/database/durability';
import { parseDatabaseUrl } from '@tripod/database/parse-database-url';
import { startTestPostgres, type TestPostgres } from '@tripod/embedded-postgres/start-test-postgres';
import { askDatabase } from '@tripod/testing/ask-database';
import { createFakeClock, type FakeClock } from '@tripod/testing/fake-clock';
import { waitFor } from '@tripod/testing/wait-for';
import pg from 'pg';
import { databaseAt, keepingLogger } from './support/test-database.ts';

let postgres: TestPostgres;
let database: Database;
let logger: ReturnType<typeof keepingLogger>;
let clock: FakeClock;
const betweenAttemptsMs = 5000;
/** How many attempts have ended well: each sets the timer of the next one. */
let attempts = 0;

const ask = (...texts: readonly string[]): Promise<Record<string, unknown>[]> =>
  askDatabase(postgres.urlOf(), ...texts);
const start = async ({ allowUnsafeDurability = false, poolSize = 1 } = {}): Promise<void> => {
  clock = createFakeClock();
  const { monotonicMs, wallMs, after } = clock;
  database = databaseAt(parseDatabaseUrl(postgres.urlOf()), {
    logger,
    allowUnsafeDurability,
    poolSize,
    clock: {
      monotonicMs,
      wallMs,
      after: (ms, callback) => {
        if (ms === betweenAttemptsMs) attempts += 1;
        return after(ms, callback);
      },
    },
  });
  await database.start();
  if (database.reason() === undefined) return;
  // On a busy machine the first attempt may take longer than it may, and this clock brings no other.
  await database.close();
  await start({ allowUnsafeDurability, poolSize });
};
const write = (): Promise<unknown> => database.write({ text: 'select 1' });
const read = (): Promise<unknown> => database.read({ text: 'select 1' });
/** Does it while the session that is there is in use, however long that takes. */
const whileBusy = async (work: () => Promise<void>): Promise<void> => {
  const transaction = await database.knex.transaction();
  try {
    await work();
  } finally {
    await transaction.rollback();
  }
};
const refused = { code: 'API_DURABILITY_OFF', headers: {} };
/** The next attempt, to its end: were the clock turned again before, it would have taken too long. */
const attempt = async (): Promise<void> => {
  const before = attempts;
  clock.advance(betweenAttemptsMs);
  await waitFor('the end of an attempt', () => attempts > before);
};
/** With another attempt when one was too early for what had just been set. */
const untilRefusal = async (refusal: string | undefined): Promise<void> => {
  await waitFor(`the refusal "${refusal}"`, async () => {
    await attempt();
    return database.writeRefusal() === refusal;
  });
};
const told = (): readonly string[] => logger.lines.filter((line) => /confirms|lose/.test(line));

/** Each setting at each level at which it can be set, and the way back. */
const levels = [
  ['fsync', 'alter system set fsync', 'alter system reset fsync'],
  ['full_page_writes', 'alter system set full_page_writes', 'alter system reset full_page_writes'],
  ['synchronous_commit', 'alter system set synchronous_commit', 'alter system reset synchronous_commit'],
  [
    'synchronous_commit',
    'alter database postgres set synchronous_commit',
    'alter database postgres reset all',
  ],
  ['synchronous_commit', 'alter role postgres set synchronous_commit', 'alter role postgres reset all'],
] as const;
const reload = 'select pg_reload_conf()';

beforeAll(async () => {
  postgres = await startTestPostgres({ durable: true });
});
beforeEach(() => {
  logger = keepingLogger();
});
afterEach(async () => {
  await database.close();
  for (const [, , undo] of levels) await ask(undo);
  await ask(reload);
});
afterAll(() => postgres.stop());

describe('a database that keeps what it confirms', () => {
  it('is asked once by a new session, and again at each attempt', async () => {
    const query = jest.spyOn(pg.Client.prototype, 'query');
    const asked = (): number =>
      query.mock.calls.filter(
        ([sent]: readonly unknown[]) =>
          (sent as pg.QueryConfig).text === createSessionQuery(postgres.urlOf()),
      ).length;
    try {
      await start();
      expect(asked()).toBe(1);
      clock.advance(5000);
      await waitFor('another attempt', () => asked() > 1);
      expect(asked()).toBe(2);
    } finally {
      query.mockRestore();
    }
  });

  it('is written to, and nothing is said', async () => {
    await start();
    await expect(write()).resolves.toMatchObject({ rowCount: 1 });
    expect(database.writeRefusal()).toBeUndefined();
    expect(told()).toEqual([]);
  });

  it.each(['local', 'remote_write', 'remote_apply'])(
    'is written to with synchronous_commit %s',
    async (value) => {
      await ask(`alter role postgres set synchronous_commit = ${value}`);
      await start();
      await expect(write()).resolves.toBeDefined();
    },
  );
});

describe.each(levels)('a database with %s off by "%s"', (setting, set, undo) => {
  const risk = `${setting} off`;
  /** A reload reaches the sessions a moment later. */
  const untilSet = (value: 'on' | 'off'): Promise<true> =>
    waitFor('the setting', async () => {
      const [row] = await ask(`select current_setting('${setting}') as value`);
      return row?.['value'] === value;
    });

  it('is read but not written to, and the log says why', async () => {
    await ask(`${set} = off`, reload);
    await untilSet('off');
    await start();
    expect(database.writeRefusal()).toBe(`refused: ${risk}`);
    await expect(write()).rejects.toMatchObject(refused);
    await expect(read()).resolves.toBeDefined();
    expect(database.reason()).toBeUndefined();
    expect(told()).toEqual([
      expect.stringMatching(
        `^error writes are refused, because the database .* may lose them in a crash: ${risk}; switch that on, or start with --allow-unsafe-durability$`,
      ),
    ]);
  });

  it('is written to all the same when that is allowed, with a warning', async () => {
    await ask(`${set} = off`, reload);
    await untilSet('off');
    await start({ allowUnsafeDurability: true });
    await expect(write()).resolves.toBeDefined();
    expect(database.writeRefusal()).toBeUndefined();
    expect(told()).toEqual([expect.stringMatching(`^warn .* may lose writes in a crash: ${risk}$`)]);
  });

  it('is written to again within five seconds when that is mended', async () => {
    await ask(`${set} = off`, reload);
    await untilSet('off');
    await start();
    await ask(undo, reload);
    await untilRefusal(undefined);
    await expect(write()).resolves.toBeDefined();
    expect(told()).toEqual([
      expect.stringMatching(/^error /),
      expect.stringMatching(/keeps what it confirms again$/),
    ]);
  });

  it('is written to no more when that was changed while a copy runs', async () => {
    // One session is in use when the setting changes, and the other begins after it.
    await start({ poolSize: 2 });
    await whileBusy(async () => {
      await ask(`${set} = off`, reload);
      await untilSet('off');
      await expect(write()).rejects.toMatchObject(refused);
    });
    expect(database.writeRefusal()).toBe(`refused: ${risk}`);
    await expect(read()).resolves.toBeDefined();
  });
});

describe('a reload of the settings of the server', () => {
  it.each(['fsync', 'full_page_writes', 'synchronous_commit'])(
    'that switches %s off is noticed within five seconds, on the sessions that are there',
    async (setting) => {
      await start();
      await expect(write()).resolves.toBeDefined();
      await ask(`alter system set ${setting} = off`, reload);
      await untilRefusal(`refused: ${setting} off`);
      await expect(write()).rejects.toMatchObject(refused);
    },
  );
});

describe('a setting of a role, which present sessions do not see', () => {
  it('leaves those alone that keep what they confirm, until another is needed', async () => {
    await start();
    await ask('alter role postgres set synchronous_commit = off');
    await expect(write()).resolves.toBeDefined();
    await ask(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'database-test'",
    );
    await waitFor('another session', async () => {
      await read().catch(() => undefined);
      return database.writeRefusal() !== undefined;
    });
    await expect(write()).rejects.toMatchObject(refused);
  });

  it('is not lost sight of while older sessions are in use', async () => {
    await start({ poolSize: 2 });
    await whileBusy(async () => {
      await ask('alter role postgres set synchronous_commit = off');
      await expect(write()).rejects.toMatchObject(refused);
    });
    // The older session would say that all is well.
    for (let count = 0; count < 3; count += 1) {
      await attempt();
      await read();
      expect(database.writeRefusal()).toBe('refused: synchronous_commit off');
    }
  });
});
