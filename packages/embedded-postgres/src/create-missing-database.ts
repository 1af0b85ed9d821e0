import pg from 'pg';

const duplicateDatabase = '42P04';
/** Two processes that create the same database at the same time: one violates the index on its name. */
const uniqueViolation = '23505';

/**
 * Creates a database on the server of an address unless it exists, and returns the address of that database. The user
 * in the address must be allowed to create databases.
 */
export const createMissingDatabase = async (serverUrl: string, name: string): Promise<string> => {
  const url = new URL(serverUrl);
  if (url.pathname === `/${name}`) return serverUrl;
  url.pathname = `/${name}`;
  const client = new pg.Client({ connectionString: serverUrl });
  // The query fails with the same error.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`);
  } catch (error) {
    const { code = '' } = error as { readonly code?: string };
    if (code !== duplicateDatabase && code !== uniqueViolation) throw error;
  } finally {
    await client.end();
  }
  return url.href;
};
