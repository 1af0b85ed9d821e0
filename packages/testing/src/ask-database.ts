import pg from 'pg';

/** Runs `work` on a new connection without the time limits of a service, and closes the connection afterwards. */
export const withClient = async <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: url });
  // A running query fails with the same error; without a listener the process would end.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

/** Runs the statements one after the other on a new connection. Returns the rows of the last one. */
export const askDatabase = <T extends pg.QueryResultRow = Record<string, unknown>>(
  url: string,
  ...texts: readonly string[]
): Promise<T[]> =>
  withClient(url, async (client) => {
    let rows: T[] = [];
    for (const text of texts) ({ rows } = await client.query<T>(text));
    return rows;
  });
