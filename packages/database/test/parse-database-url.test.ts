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

  it('takes the user of the system when none is given, as psql does', () => {
    expect(parseDatabaseUrl('postgres://localhost:5432/gallery').user).toBe(
      process.env['PGUSER'] ?? process.env['USER'] ?? userInfo().username,
    );
  });

  it.each([
    ['no URL', 'hunter2'],
    ['another scheme', 'mysql://ann:hunter2@localhost/gallery'],
    ['no scheme', 'ann:hunter2@localhost:5432/gallery'],
    ['no host', 'postgres:///hunter2'],
    ['a port that is none', 'postgres://ann:hunter2@localhost:port/gallery'],
    ['a port that is too large', 'postgres://ann:hunter2@localhost:99999/gallery'],
    ['a password with #', 'postgres://ann:hunter2#@localhost/gallery'],
    ['a password with ?', 'postgres://ann:12?hunter2@localhost/gallery'],
    ['a password with /', 'postgres://ann:12/hunter2@localhost/gallery'],
    ['an escape that is no UTF-8', 'postgres://ann:hunter2%ff@localhost/gallery'],
    ['a space in the host', 'postgres://ann:hunter2@local host/gallery'],
    ['a certificate that is not there', 'postgres://ann:hunter2@localhost/gallery?sslrootcert=/no/hunter2'],
  ])('refuses %s in one line that names the variable and keeps the password', (_what, url) => {
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

describe('describeAddress', () => {
  it.each([
    ['postgres://ann:hunter2@db.example:6543/gallery', 'database "gallery" at db.example:6543'],
    ['postgres://ann:hunter2@[::1]/gallery', 'database "gallery" at [::1]:5432'],
  ])('names database, host and port of %s, and no one', (url, words) => {
    expect(describeAddress(parseDatabaseUrl(url))).toBe(words);
  });
});
