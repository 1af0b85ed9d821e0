import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joinEmbeddedPostgres } from '@tripod/embedded-postgres/join-embedded-postgres';
import { listProcesses } from '@tripod/shared/os/process-table';
import type { ShutdownStack } from '@tripod/shared/process/shutdown-stack';
import { askDatabase } from '@tripod/testing/ask-database';
import { freePorts } from '@tripod/testing/free-port';
import { startTcpForwarder, type TcpForwarder } from '@tripod/testing/tcp-forwarder';
import { waitFor } from '@tripod/testing/wait-for';
import { type ServiceProcess, startServiceProcess } from './service-process.ts';

/** A copy, and the TCP forwarder to its database, which can stop forwarding. */
export type Copy = {
  readonly process: ServiceProcess;
  readonly forwarder: TcpForwarder;
  readonly url: string;
};

/** The proxy, three copies, and a Postgres that a guard restarts when it is killed. */
export type TestSystem = {
  /** URL of the API through the proxy. */
  readonly url: string;
  readonly copies: readonly Copy[];
  readonly dataDir: string;
  /** Queries the database directly, without a forwarder. */
  query(text: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  untilReady(): Promise<void>;
};

export type TestSystemOptions = {
  readonly checkout: string;
  /** With `off` the database may lose confirmed writes when it is killed, and the copies write to it anyway. */
  readonly synchronousCommit: 'on' | 'off';
};

const copyCount = 3;

const startCopy = async (
  databaseUrl: string,
  port: number,
  name: string,
  options: TestSystemOptions,
): Promise<Copy> => {
  const address = new URL(databaseUrl);
  const forwarder = await startTcpForwarder(Number(address.port));
  address.port = String(forwarder.port);
  const unsafeFlags = options.synchronousCommit === 'off' ? ['--allow-unsafe-durability'] : [];
  const url = `http://127.0.0.1:${port}`;
  const service = startServiceProcess({
    bin: join(options.checkout, 'apps/api-server/bin/api-server.js'),
    args: [
      '--port',
      String(port),
      '--host',
      '127.0.0.1',
      '--name',
      name,
      '--drain-delay-ms',
      '0',
      ...unsafeFlags,
    ],
    env: { DATABASE_URL: address.href },
    readyUrl: `${url}/readyz`,
  });
  return { process: service, forwarder, url };
};

/**
 * Starts everything on free ports and in a temporary folder, and waits until it is ready. `undo` receives the steps
 * to stop it.
 */
export const startTestSystem = async (
  options: TestSystemOptions,
  undo: ShutdownStack,
): Promise<TestSystem> => {
  const stateDir = mkdtempSync(join(tmpdir(), 'tripod-lost-writes-'));
  undo.push('the folder', async () => {
    // The guard exits some time after its last user has disconnected, and writes to the folder until then.
    const isUsed = (): boolean => listProcesses().some(({ command }) => command.includes(stateDir));
    await waitFor('the end of Postgres', () => !isUsed(), 60_000);
    rmSync(stateDir, { recursive: true, force: true });
  });
  // When root starts Postgres, it runs as another user, who needs access to the folder.
  chmodSync(stateDir, 0o755);
  const { databaseUrl, dataDir, leave } = await joinEmbeddedPostgres({ stateDir });
  undo.push('Postgres', leave);
  const query: TestSystem['query'] = (text) => askDatabase(databaseUrl, text);
  await query(`alter role current_user set synchronous_commit = ${options.synchronousCommit}`);
  if (options.synchronousCommit === 'off') {
    // By default unsynced commits stay in memory for 0.2 s, too short for a kill to reliably lose some.
    await query("alter system set wal_writer_delay = '10s'");
    await query('select pg_reload_conf()');
  }
  const [proxyPort = 0, adminPort = 0, ...ports] = await freePorts(2 + copyCount);
  const copies: Copy[] = [];
  for (const [index, port] of ports.entries()) {
    const copy = await startCopy(databaseUrl, port, `api-${index + 1}`, options);
    copies.push(copy);
    undo.push(`copy ${index + 1}`, async () => {
      await copy.process.stop();
      await copy.forwarder.stop();
    });
  }
  const url = `http://127.0.0.1:${proxyPort}/api`;
  const proxy = startServiceProcess({
    bin: join(options.checkout, 'apps/proxy/bin/proxy.js'),
    args: [
      ...['--port', String(proxyPort), '--host', '127.0.0.1', '--admin-port', String(adminPort)],
      ...['--route', `/api/=${copies.map((copy) => copy.url).join(',')}`, '--drain-delay-ms', '0'],
    ],
    readyUrl: `${url}/images.json?limit=1`,
  });
  undo.push('the proxy', proxy.stop);
  const untilReady = async (): Promise<void> => {
    for (const { process } of copies) await process.untilReady();
    await proxy.untilReady();
  };
  await untilReady();
  return { url, copies, dataDir, query, untilReady };
};
