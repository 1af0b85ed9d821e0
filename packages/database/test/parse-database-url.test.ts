import { userInfo } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { describeAddress, parseDatabaseUrl } from '@tripod/database/parse-database-url';
import { ConfigError } from '@tripod/shared/config/config-error';

describe('parseDatabaseUrl', () => {
  it.each([
    ['a whole URL', 'postgres://ann:secret@db.example:6543/gallery', 'ann', 'db.example', 6543, 'gallery'],
    ['the longer scheme', 'postgresql://ann@localhost/gallery', 'ann', 'localhost', 5432, 'gallery'],
    ['an IPv6 address', 'postgres://ann@[::1]:5432/gallery', 'ann', '::1', 5432, 'gallery'],
    ['escapes', 'postgres://a%40b:p%23%2F@localhost/my%20db', 'a@b', 'localhost', 5432, 'my db'],
    ['no database', 'postgres://ann@localhost', 'ann', 'localhost', 5432, 'ann'],
    [
      'a socket folder',
      'postgres:///gallery?host=/run/postgresql&user=ann',
      'ann',
      '/run/postgresql',
      5432,
      'gallery',
    ],
    [
      'a parameter of other tools',
      'postgres://ann@localhost/gallery?schema=public',
      'ann',
      'localhost',
      5432,
      'gallery',
    ],
  ])('reads %s', (_what, url, user, host, port, database) => {
    expect(parseDatabaseUrl(url)).toEqual({ url, user, host, port, database });
  });

  it('uses the system user when none is given, as psql does', () => {
    expect(parseDatabaseUrl('postgres://localhost:5432/gallery').user).toBe(
      process.env['PGUSER'] ?? process.env['USER'] ?? userInfo().username,
    );
  });

  it.each([
    ['no URL', 'hunter2'],
    ['another scheme', 'mysql://ann:hunter2@localhost/gallery'],
    ['no scheme', 'ann:hunter2@localhost:5432/gallery'],
    ['no host', 'postgres:///hunter2'],
    ['a port that is not a number', 'postgres://ann:hunter2@localhost:port/gallery'],
    ['a port that is too large', 'postgres://ann:hunter2@localhost:99999/gallery'],
    ['a password with #', 'postgres://ann:hunter2#@localhost/gallery'],
    ['a password with ?', 'postgres://ann:12?hunter2@localhost/gallery'],
    ['a password with /', 'postgres://ann:12/hunter2@localhost/gallery'],
    ['percent-encoding that is not UTF-8', 'postgres://ann:hunter2%ff@localhost/gallery'],
    ['a space in the host', 'postgres://ann:hunter2@local host/gallery'],
  ])('refuses %s in one line that names the variable, without the password', (_what, url) => {
    const refused = (() => {
      try {
        return parseDatabaseUrl(url);
      } catch (error) {
        return error;
      }
    })();
    expect(refused).toBeInstanceOf(ConfigError);
    const { message } = refused as ConfigError;
    expect(message).toMatch(/^DATABASE_URL must [^\n]+$/);
    expect(message).not.toContain('hunter2');
  });
});

describe('the TLS parameters of a database URL', () => {
  const tlsOf = (parameters: string) =>
    parseDatabaseUrl(`postgres://ann:hunter2@localhost/gallery?${parameters}`).tls;
  const unchecked = { rejectUnauthorized: false };

  it.each([
    ['sslmode=disable', [false]],
    ['sslmode=allow', [false, unchecked]],
    ['sslmode=prefer', [unchecked, false]],
    ['sslmode=require', [unchecked]],
    ['sslmode=verify-full', [{}]],
    ['schema=public', undefined],
  ])('are interpreted as by libpq: %s', (parameters, choices) => {
    expect(tlsOf(parameters)).toEqual(choices);
  });

  it('check the chain but not the name with sslmode=require and an sslrootcert', () => {
    expect(tlsOf(`sslmode=require&sslrootcert=${encodeURIComponent(import.meta.filename)}`)).toEqual([
      { ca: expect.stringContaining('describe('), checkServerIdentity: expect.any(Function) },
    ]);
  });

  it('use the certificate authorities of the system for sslrootcert=system, which implies verify-full', () => {
    expect(tlsOf('sslrootcert=system')).toEqual([{ ca: expect.any(Array) }]);
    expect(() => tlsOf('sslmode=require&sslrootcert=system')).toThrow(
      'DATABASE_URL must have sslmode=verify-full with sslrootcert=system, and has sslmode=require',
    );
  });

  it.each([
    [
      'sslrootcert=/no/root.crt',
      'must name a readable file as its sslrootcert, and /no/root.crt does not exist',
    ],
    ['sslmode=require&sslkey=/', "must name a readable file as its sslkey, and / can't be read (EISDIR)"],
    ['sslmode=on', 'must have one of disable, allow, prefer, require, verify-ca, verify-full as its sslmode'],
  ])('are refused with the reason for %s', (parameters, problem) => {
    expect(() => tlsOf(parameters)).toThrow(`DATABASE_URL ${problem}`);
  });

  it('are removed from the URL, because the driver interprets them differently', () => {
    const { url } = parseDatabaseUrl('postgres://ann@localhost/gallery?sslmode=require&application_name=x');
    expect(url).toBe('postgres://ann@localhost/gallery?application_name=x');
  });
});

describe('describeAddress', () => {
  it.each([
    ['postgres://ann:hunter2@db.example:6543/gallery', 'database "gallery" at db.example:6543'],
    ['postgres://ann:hunter2@[::1]/gallery', 'database "gallery" at [::1]:5432'],
  ])('names database, host and port of %s, but no user', (url, words) => {
    expect(describeAddress(parseDatabaseUrl(url))).toBe(words);
  });
});
