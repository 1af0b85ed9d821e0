import { ConfigError } from '@tripod/shared/config/config-error';

/** Where a Redis is. Only `url` holds the password: never print it. */
export type StateAddress = { readonly url: string; readonly host: string; readonly port: number };

const wanted = 'must look like redis://localhost:6379 or rediss://user:password@host:6380/0';

const refuse = (source: string): never => {
  throw new ConfigError([{ source, problem: wanted }]);
};

/**
 * Reads the address of a Redis. Throws a ConfigError, exit code 2, whose sentence holds nothing of the text itself: a
 * part of it may be the password.
 */
export const parseStateUrl = (text: string, source = 'STATE_URL'): StateAddress => {
  if (!URL.canParse(text)) return refuse(source);
  const { protocol, hostname, port, pathname, search, hash } = new URL(text);
  if (protocol !== 'redis:' && protocol !== 'rediss:') return refuse(source);
  if (hostname === '' || search !== '' || hash !== '' || !/^(\/\d*)?$/.test(pathname)) return refuse(source);
  return { url: text, host: hostname, port: Number(port || 6379) };
};

/** For messages: `Redis at localhost:6379`. */
export const describeStateAddress = ({ host, port }: StateAddress): string => `Redis at ${host}:${port}`;
