import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joinEmbeddedPostgres } from '@tripod/embedded-postgres/join-embedded-postgres';
import { findPostmaster } from '@tripod/embedded-postgres/postmaster';
import { listProcesses, sendSignal } from '@tripod/shared/os/process-table';
import { askDatabase } from '@tripod/testing/ask-database';
import { waitFor } from '@tripod/testing/wait-for';
import { migrateDatabase } from './migrated-database.ts';

/** A durable Postgres with the tables of the API. Its guard restarts it after a kill. */
export type OwnPostgres = {
  readonly databaseUrl: string;
  /** Runs a query on a new connection. */
  ask(text: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Sends a signal to the server, or to its sessions as well. */
  signal(signal: NodeJS.Signals, who: 'postmaster' | 'all'): void;
  /** Kills all of its processes; the guard restarts it. */
  kill(): void;
  /** Kills it so that it restarts as a standby, or as a primary again. */
  restartAs(what: 'standby' | 'primary'): void;
  stop(): Promise<void>;
};

export const startOwnPostgres = async (): Promise<OwnPostgres> => {
  const stateDir = mkdtempSync(join(tmpdir(), 'tripod-own-postgres-'));
  // Started by root, Postgres runs as another user, who needs access to the folder.
  chmodSync(stateDir, 0o755);
  const { databaseUrl, dataDir, leave } = await joinEmbeddedPostgres({ stateDir });
  await migrateDatabase(databaseUrl);
  const postmasterPid = (): number => {
    const pid = findPostmaster(dataDir)?.pid;
    if (pid === undefined) throw new Error('Postgres does not run');
    return pid;
  };
  const clusterTitle = (): string =>
    /cluster_name=(\S+)/.exec(
      listProcesses().find(({ pid }) => pid === postmasterPid())?.command ?? '',
    )?.[1] ?? 'no cluster';
  const signal: OwnPostgres['signal'] = (name, who) => {
    const title = `postgres: ${clusterTitle()}: `;
    const children = listProcesses().filter(({ command }) => command.startsWith(title));
    for (const pid of [postmasterPid(), ...(who === 'all' ? children.map((child) => child.pid) : [])]) {
      sendSignal(pid, name);
    }
  };
  return {
    databaseUrl,
    ask: (text) => askDatabase(databaseUrl, text),
    signal,
    kill: () => signal('SIGKILL', 'all'),
    restartAs: (what) => {
      const mark = join(dataDir, 'standby.signal');
      if (what === 'standby') writeFileSync(mark, '', { mode: 0o666 });
      else rmSync(mark, { force: true });
      signal('SIGKILL', 'all');
    },
    stop: async () => {
      await leave();
      // The guard exits some time after its last user has left, and writes there until then.
      const isUsed = (): boolean => listProcesses().some(({ command }) => command.includes(stateDir));
      await waitFor('the end of Postgres', () => !isUsed(), 60_000);
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
};
