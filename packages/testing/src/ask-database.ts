import pg from 'pg';

/** Does work over a connection of its own, without the time limits of a service, and ends it whatever comes of it. */
export const withClient = async <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: url });
  // Its query fails with the same error; without a listener the process would end as well.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

/** Runs the statements one after another over a connection of its own. Returns the rows of the last one. */
export const askDatabase = <T extends pg.QueryResultRow = Record<string, unknown>>(
  url: string,
  ...texts: readonly string[]
): Promise<T[]> =>
  withClient(url, async (client) => {
    let rows: T[] = [];
    for (const text of texts) ({ rows } = await client.query<T>(text));
    return rows;
  });
