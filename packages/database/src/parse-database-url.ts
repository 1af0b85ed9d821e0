import { userInfo } from 'node:os';
import { ConfigError } from '@tripod/shared/config/config-error';
import pg from 'pg';

/** Where a database is, and how to log in there. Only `url` holds the password: never print it. */
export type DatabaseAddress = {
  readonly url: string;
  readonly user: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
};

const wanted = 'must look like postgres://user:password@host:5432/database';

const refuse = (source: string, problem: string): never => {
  throw new ConfigError([{ source, problem }]);
};

/** The user that libpq takes when none is given: the one who runs the process. */
const systemUser = (): string => {
  try {
    return userInfo().username;
  } catch {
    return 'postgres';
  }
};

/**
 * Reads a Postgres URL the way the driver will. Throws a ConfigError, exit code 2, with one sentence that holds
 * nothing of the text itself: a part of it may be the password.
 */
export const parseDatabaseUrl = (text: string, source = 'DATABASE_URL'): DatabaseAddress => {
  if (!URL.canParse(text)) return refuse(source, wanted);
  const url = new URL(text);
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') return refuse(source, wanted);
  // An unescaped # ? or / in a password moves the end of the host name into it.
  if (url.hash !== '' || url.search.includes('@') || url.pathname.includes('@')) {
    return refuse(source, 'must have # ? / and @ in its password written as %23 %3F %2F and %40');
  }
  if (url.hostname === '' && !url.searchParams.has('host')) return refuse(source, wanted);
  try {
    // The driver's own reading, so that what is said is what is done. Nothing connects here.
    const { host, port, database, user } = new pg.Client({ connectionString: text });
    const name = user || systemUser();
    return { url: text, user: name, host, port, database: database || name };
  } catch {
    return refuse(source, wanted);
  }
};

/** For messages: `database "tripod" at localhost:5432`. */
export const describeAddress = ({ host, port, database }: DatabaseAddress): string =>
  `database "${database}" at ${host.includes(':') ? `[${host}]` : host}:${port}`;
