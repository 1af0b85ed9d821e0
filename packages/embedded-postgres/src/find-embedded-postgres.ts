import type { Socket } from 'node:net';
import { findDataDir } from './cluster.ts';
import { connectToGuard } from './guard-connection.ts';
import { type GuardReport, type GuardStatus, onMessages, sendMessage } from './guard-protocol.ts';
import { createLayout } from './layout.ts';
import { findPostmaster } from './postmaster.ts';

const answerTimeoutMs = 5000;

/** The state of the embedded Postgres, for `ps`. */
export type EmbeddedPostgresStatus = {
  /** Whether Postgres runs, or its guard is starting it. */
  readonly running: boolean;
  readonly port?: number;
  readonly postgresPid?: number;
  /** Absent when Postgres outlived its guard; the next join starts another one. */
  readonly guardPid?: number;
  /** How many processes use it. */
  readonly users: number;
  /** How often its guard has restarted Postgres; absent without a guard. */
  readonly restarts?: number;
  readonly dataDir?: string;
  readonly logFile: string;
};

/** Reads the state and changes nothing. The guard does not count the caller as a user. */
export const findEmbeddedPostgres = async (options: {
  stateDir: string;
}): Promise<EmbeddedPostgresStatus> => {
  const layout = createLayout(options.stateDir);
  const dataDir = findDataDir(layout);
  const known = { ...(dataDir !== undefined && { dataDir }), logFile: layout.logFile };
  const socket = await connectToGuard(layout);
  const status = socket && (await askStatus(socket));
  if (status) {
    const { guardPid, users, restarts, postgresPid, port } = status;
    const postgres = postgresPid === undefined || port === undefined ? {} : { postgresPid, port };
    return {
      running: true,
      guardPid,
      users,
      ...(restarts !== undefined && { restarts }),
      ...postgres,
      ...known,
    };
  }
  const orphan = dataDir === undefined ? undefined : findPostmaster(dataDir);
  if (orphan) return { running: true, postgresPid: orphan.pid, port: orphan.port, users: 0, ...known };
  return { running: false, users: 0, ...known };
};

const askStatus = (socket: Socket): Promise<GuardStatus | undefined> =>
  new Promise((resolve) => {
    let answer: GuardStatus | undefined;
    onMessages<GuardReport>(socket, (report) => {
      if (report.type !== 'status') return;
      answer = report;
      socket.end();
    });
    socket.setTimeout(answerTimeoutMs, () => socket.destroy());
    socket.once('close', () => resolve(answer));
    sendMessage(socket, { type: 'status' });
  });
