import { spawn } from 'node:child_process';
import type { Clock } from '@tripod/shared/async/clock';
import { StartError, toStartError } from '@tripod/shared/errors/start-error';

export type InsertDemoDataOptions = {
  /** How many rows each resource gets. */
  readonly rows: Readonly<Record<string, number>>;
  /** A database of the embedded Postgres. */
  readonly databaseUrl: string;
  /** The path of node. */
  readonly execPath: string;
  /** The command of the API server, whose own stores insert the rows. */
  readonly file: string;
  /** The resources that its copies serve. Default: all. */
  readonly resources: readonly string[] | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly onProgress: (message: string) => void;
};

const timeoutMs = 600_000;
const maxErrorLength = 4096;
/** Nothing is reported about an insertion that takes less time. */
const quietMs = 1000;

const seed = (operands: readonly string[], options: InsertDemoDataOptions): Promise<void> =>
  new Promise((resolve, reject) => {
    const { execPath, file, databaseUrl, environment, resources } = options;
    const env = { ...environment, DATABASE_URL: databaseUrl, DEMO_ROWS: 'true' };
    const flags = resources ? ['--resources', resources.join(',')] : [];
    const args = [file, 'seed', ...operands, ...flags];
    // In a session of its own Ctrl-C does not reach it: the stack then stops when all rows are there, and not with a
    // part.
    const child = spawn(execPath, args, {
      env,
      timeout: timeoutMs,
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let errors = '';
    child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
      errors = `${errors}${piece}`.slice(-maxErrorLength);
    });
    const fail = (reason: string): void =>
      reject(new StartError(`The demo data of the lab cannot be inserted: ${reason}`));
    child.once('error', ({ message }) => fail(message));
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else
        fail(errors.trim().replace(/^api-server: /, '') || `it ended with ${signal ?? `exit code ${code}`}`);
    });
  });

/**
 * Inserts demonstration data into a new database: one without tables. Does nothing for any other. Throws a StartError
 * when rows cannot be inserted; the rows before them stay.
 */
export const insertDemoData = async (options: InsertDemoDataOptions): Promise<void> => {
  const { rows, databaseUrl, clock, onProgress } = options;
  const wanted = Object.entries(rows).filter(([, count]) => count > 0);
  if (wanted.length === 0) return;
  const { hasTables } = await import('@tripod/embedded-postgres/has-tables');
  const isKnown = await hasTables(databaseUrl).catch((error: unknown) => {
    throw toStartError(error);
  });
  if (isKnown) return;
  const what = wanted.map(([resource, count]) => `${count} ${resource}`).join(', ');
  const startedMs = clock.monotonicMs();
  const timer = clock.after(quietMs, () => onProgress(`inserting ${what} into the new database`));
  try {
    const operands = wanted.map(([resource, count]) => `${resource}=${count}`);
    await seed(operands, options);
  } finally {
    timer.cancel();
  }
  const tookMs = clock.monotonicMs() - startedMs;
  if (tookMs > quietMs) onProgress(`inserted ${what} in ${(tookMs / 1000).toFixed(1)} s`);
};
