import { randomUUID } from 'node:crypto';
import { askDatabase } from './ask-database.ts';

export type TempDatabase = { readonly url: string; drop(): Promise<void> };

export type TempDatabaseOptions = {
  /** URL of any database on the server. Its user must be allowed to create databases. */
  readonly serverUrl: string;
  /** The database to clone. Default: an empty one. */
  readonly template?: string;
};

/** Creates a database for one test file, by cloning a template, which takes about 20 ms. */
export const createTempDatabase = async ({
  serverUrl,
  template,
}: TempDatabaseOptions): Promise<TempDatabase> => {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await askDatabase(
    serverUrl,
    `create database ${name} template ${template ?? 'template0'} strategy file_copy`,
  );
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: async () => void (await askDatabase(serverUrl, `drop database if exists ${name} with (force)`)),
  };
};
