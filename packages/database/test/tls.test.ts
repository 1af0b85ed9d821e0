import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Database } from '@tripod/database/database';
import { parseDatabaseUrl } from '@tripod/database/parse-database-url';
import { findIdentity } from '@tripod/embedded-postgres/identity';
import { startTestPostgres, type TestPostgres } from '@tripod/embedded-postgres/start-test-postgres';
import { databaseAt, keepingLogger, serverUrl } from './support/test-database.ts';

let folder: string;
let withTls: TestPostgres;
let database: Database;
const logger = keepingLogger();

/** A certificate for localhost that only a client which was given it accepts. */
const createCertificate = (): { readonly key: string; readonly cert: string } => {
  const [key, cert] = [join(folder, 'server.key'), join(folder, 'server.crt')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject];
  execFileSync('openssl', [...args, '-keyout', key, '-out', cert], { stdio: 'pipe' });
  const { uid, gid } = findIdentity(undefined);
  if (uid !== undefined && gid !== undefined) chownSync(key, uid, gid);
  chmodSync(key, 0o600);
  return { key, cert };
};

const connect = async (url: string, parameters: string): Promise<Database> => {
  database = databaseAt(parseDatabaseUrl(`${url.split('?')[0]}?${parameters}`), { logger });
  await database.start();
  return database;
};
const isEncrypted = async (): Promise<unknown> => {
  const { rows } = await database.read({
    text: 'select ssl from pg_stat_ssl where pid = pg_backend_pid()',
  });
  return (rows[0] as { ssl: boolean } | undefined)?.ssl;
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tripod-tls-'));
  chmodSync(folder, 0o755);
  const { key, cert } = createCertificate();
  withTls = await startTestPostgres({ settings: { ssl: 'on', ssl_cert_file: cert, ssl_key_file: key } });
});
afterEach(() => database.close());
afterAll(async () => {
  await withTls.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('sslmode against a server with a self-signed certificate', () => {
  it.each([
    ['disable', false],
    ['allow', false],
    ['prefer', true],
    ['require', true],
  ])('%s connects, encrypted: %s', async (mode, encrypted) => {
    await connect(withTls.urlOf(), `sslmode=${mode}`);
    expect(await isEncrypted()).toBe(encrypted);
  });

  it.each(['verify-ca', 'verify-full'])(
    '%s refuses it, and the log names the reason and says that it is permanent',
    async (mode) => {
      const { lines } = logger;
      const before = lines.length;
      await connect(withTls.urlOf(), `sslmode=${mode}`);
      expect(database.reason()).toContain('self-signed certificate');
      expect(lines.slice(before).join()).toMatch(/self-signed certificate.*; this will not change by itself/);
    },
  );

  it('verify-ca accepts it with the certificate as sslrootcert, even under another name', async () => {
    const rootCert = encodeURIComponent(join(folder, 'server.crt'));
    await connect(withTls.urlOf(), `sslmode=verify-ca&sslrootcert=${rootCert}`);
    expect(await isEncrypted()).toBe(true);
  });

  it('verify-full refuses a name that differs from the certificate', async () => {
    const rootCert = encodeURIComponent(join(folder, 'server.crt'));
    await connect(withTls.urlOf(), `sslmode=verify-full&sslrootcert=${rootCert}`);
    expect(database.reason()).toContain("does not match certificate's altnames");
  });
});

describe('sslmode against a server without TLS', () => {
  it.each(['allow', 'prefer'])('%s falls back to plain text', async (mode) => {
    await connect(serverUrl(), `sslmode=${mode}`);
    expect(await isEncrypted()).toBe(false);
  });

  it('require reports that the server has no TLS', async () => {
    await connect(serverUrl(), 'sslmode=require');
    expect(database.reason()).toBe('The server does not support SSL connections');
  });
});
