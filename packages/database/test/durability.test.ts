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
/** Number of successful attempts. Each one sets the timer of the next. */
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
  // On a busy machine the first attempt may exceed its time limit, and this clock does not start another one by itself.
  await database.close();
  await start({ allowUnsafeDurability, poolSize });
};
const write = (): Promise<unknown> => database.write({ text: 'select 1' });
const read = (): Promise<unknown> => database.read({ text: 'select 1' });
/** Runs `work` while the existing session is in use. */
const whileBusy = async (work: () => Promise<void>): Promise<void> => {
  const transaction = await database.knex.transaction();
  try {
    await work();
  } finally {
    await transaction.rollback();
  }
};
const refused = { code: 'API_DURABILITY_OFF', headers: {} };
/** Runs the next attempt to its end. Advancing the clock earlier would make the attempt time out. */
const attempt = async (): Promise<void> => {
  const before = attempts;
  clock.advance(betweenAttemptsMs);
  await waitFor('the end of an attempt', () => attempts > before);
};
/** Makes a second attempt when the first one ran before a changed setting took effect. */
const untilRefusal = async (refusal: string | undefined): Promise<void> => {
  await waitFor(`the refusal "${refusal}"`, async () => {
    await attempt();
    return database.writeRefusal() === refusal;
  });
};
const durabilityLines = (): readonly string[] => logger.lines.filter((line) => /durably|lose/.test(line));

/** Each setting at each level, with the statements that change and restore it. */
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

describe('a database that commits durably', () => {
  it('is inspected once by each new session, and again at each attempt', async () => {
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

  it('accepts writes, and nothing is logged', async () => {
    await start();
    await expect(write()).resolves.toMatchObject({ rowCount: 1 });
    expect(database.writeRefusal()).toBeUndefined();
    expect(durabilityLines()).toEqual([]);
  });

  it.each(['local', 'remote_write', 'remote_apply'])(
    'accepts writes with synchronous_commit %s',
    async (value) => {
      await ask(`alter role postgres set synchronous_commit = ${value}`);
      await start();
      await expect(write()).resolves.toBeDefined();
    },
  );
});

describe.each(levels)('a database with %s off by "%s"', (setting, set, undo) => {
  const risk = `${setting} off`;
  /** A reload reaches the sessions with a short delay. */
  const untilSet = (value: 'on' | 'off'): Promise<true> =>
    waitFor('the setting', async () => {
      const [row] = await ask(`select current_setting('${setting}') as value`);
      return row?.['value'] === value;
    });

  it('serves reads, refuses writes, and logs the reason', async () => {
    await ask(`${set} = off`, reload);
    await untilSet('off');
    await start();
    expect(database.writeRefusal()).toBe(`refused: ${risk}`);
    await expect(write()).rejects.toMatchObject(refused);
    await expect(read()).resolves.toBeDefined();
    expect(database.reason()).toBeUndefined();
    expect(durabilityLines()).toEqual([
      expect.stringMatching(
        `^error writes are refused, because the database .* may lose them in a crash: ${risk}; switch that on, or start with --allow-unsafe-durability$`,
      ),
    ]);
  });

  it('accepts writes with --allow-unsafe-durability, and logs a warning', async () => {
    await ask(`${set} = off`, reload);
    await untilSet('off');
    await start({ allowUnsafeDurability: true });
    await expect(write()).resolves.toBeDefined();
    expect(database.writeRefusal()).toBeUndefined();
    expect(durabilityLines()).toEqual([
      expect.stringMatching(`^warn .* may lose writes in a crash: ${risk}$`),
    ]);
  });

  it('accepts writes again within five seconds after the setting is corrected', async () => {
    await ask(`${set} = off`, reload);
    await untilSet('off');
    await start();
    await ask(undo, reload);
    await untilRefusal(undefined);
    await expect(write()).resolves.toBeDefined();
    expect(durabilityLines()).toEqual([
      expect.stringMatching(/^error /),
      expect.stringMatching(/commits durably again$/),
    ]);
  });

  it('refuses writes when the setting changes while a copy runs', async () => {
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
    'that switches %s off is noticed within five seconds by existing sessions',
    async (setting) => {
      await start();
      await expect(write()).resolves.toBeDefined();
      await ask(`alter system set ${setting} = off`, reload);
      await untilRefusal(`refused: ${setting} off`);
      await expect(write()).rejects.toMatchObject(refused);
    },
  );
});

describe('a changed setting of a role, which existing sessions do not see', () => {
  it('does not affect sessions that commit durably, until a new session is needed', async () => {
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

  it('is noticed while older sessions are in use', async () => {
    await start({ poolSize: 2 });
    await whileBusy(async () => {
      await ask('alter role postgres set synchronous_commit = off');
      await expect(write()).rejects.toMatchObject(refused);
    });
    // The older session would still report the safe setting.
    for (let count = 0; count < 3; count += 1) {
      await attempt();
      await read();
      expect(database.writeRefusal()).toBe('refused: synchronous_commit off');
    }
  });
});
