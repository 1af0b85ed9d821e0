import pg from 'pg';

/** Figures of a whole Postgres server at one moment. */
export type DatabaseStatistics = {
  /** Client connections, those of the statistics included. */
  readonly connections: number;
  readonly maxConnections: number;
  /** Transactions since the start of the statistics, committed or rolled back. */
  readonly transactions: number;
  /** Sessions that wait for a lock. */
  readonly waiting: number;
};

/** Reads statistics over one connection, which is opened for the first reading and again after a failure. */
export type StatisticsReader = {
  /** Throws when the server does not answer within 1 s. */
  read(): Promise<DatabaseStatistics>;
  close(): Promise<void>;
};

const timeoutMs = 1000;

const query = `select
  (select count(*) from pg_stat_activity where backend_type = 'client backend')::int as connections,
  current_setting('max_connections')::int as "maxConnections",
  (select sum(xact_commit + xact_rollback) from pg_stat_database)::float8 as transactions,
  (select count(*) from pg_stat_activity where wait_event_type = 'Lock')::int as waiting`;

export const createStatisticsReader = (url: string): StatisticsReader => {
  let client: pg.Client | undefined;
  const close = async (): Promise<void> => {
    const open = client;
    client = undefined;
    await open?.end().catch(() => undefined);
  };
  const connect = async (): Promise<pg.Client> => {
    const opened = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: timeoutMs,
      query_timeout: timeoutMs,
      application_name: 'tripod readings',
    });
    // The query fails with the same error.
    opened.on('error', () => undefined);
    client = opened;
    await opened.connect();
    return opened;
  };
  return {
    async read() {
      try {
        const { rows } = await (client ?? (await connect())).query<DatabaseStatistics>(query);
        const [row] = rows;
        if (!row) throw new Error('the query of the statistics returned no row');
        return row;
      } catch (error) {
        await close();
        throw error;
      }
    },
    close,
  };
};
