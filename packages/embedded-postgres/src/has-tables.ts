import pg from 'pg';

/** Returns whether there is a table in the schema `public` of a database: a new database has none. */
export const hasTables = async (databaseUrl: string): Promise<boolean> => {
  const client = new pg.Client({ connectionString: databaseUrl });
  // The query fails with the same error.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rowCount } = await client.query("select from pg_tables where schemaname = 'public' limit 1");
    return rowCount !== 0;
  } finally {
    await client.end();
  }
};
