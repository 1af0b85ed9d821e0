import { userInfo } from 'node:os';
import { ConfigError } from '@tripod/shared/config/config-error';
import pg from 'pg';
import { readTlsChoices, type TlsChoice, tlsParameters } from './tls-choices.ts';

/** Where a database is and how to log in. Only `url` holds the password: never print it. */
export type DatabaseAddress = {
  /** Without the parameters that concern TLS. */
  readonly url: string;
  readonly user: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** Ways to use TLS, to be tried in this order. Undefined when the address does not say: then PGSSLMODE decides. */
  readonly tls?: readonly TlsChoice[] | undefined;
};

const shape = 'must look like postgres://user:password@host:5432/database';

const refuse = (source: string, problem: string): never => {
  throw new ConfigError([{ source, problem }]);
};

/** The user that libpq takes when the address names none: the user that runs the process. */
const systemUser = (): string => {
  try {
    return userInfo().username;
  } catch {
    return 'postgres';
  }
};

const parseTls = (url: URL, source: string): readonly TlsChoice[] | undefined => {
  try {
    return readTlsChoices(url.searchParams);
  } catch (error) {
    return refuse(source, (error as Error).message);
  }
};

/**
 * Parses a Postgres URL. Throws a ConfigError (exit code 2) with one sentence that quotes no part of the URL that may
 * hold the password.
 */
export const parseDatabaseUrl = (text: string, source = 'DATABASE_URL'): DatabaseAddress => {
  if (!URL.canParse(text)) return refuse(source, shape);
  const url = new URL(text);
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') return refuse(source, shape);
  // An unescaped # ? or / in a password ends the host name there.
  if (url.hash !== '' || url.search.includes('@') || url.pathname.includes('@')) {
    return refuse(source, 'must have # ? / and @ in its password written as %23 %3F %2F and %40');
  }
  if (url.hostname === '' && !url.searchParams.has('host')) return refuse(source, shape);
  const tls = parseTls(url, source);
  if (tls !== undefined) for (const name of tlsParameters) url.searchParams.delete(name);
  const address = tls === undefined ? text : url.href;
  try {
    // The driver parses the URL again when it connects, so its result is what messages should show. It connects
    // nowhere here.
    const { host, port, database, user } = new pg.Client({ connectionString: address, ssl: false });
    const name = user || systemUser();
    return { url: address, user: name, host, port, database: database || name, tls };
  } catch {
    return refuse(source, shape);
  }
};

/** The address for messages: `database "tripod" at localhost:5432`. */
export const describeAddress = ({ host, port, database }: DatabaseAddress): string =>
  `database "${database}" at ${host.includes(':') ? `[${host}]` : host}:${port}`;
