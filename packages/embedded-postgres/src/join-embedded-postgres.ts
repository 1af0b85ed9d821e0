import { setTimeout as delay } from 'node:timers/promises';
import { toStartError } from '@tripod/shared/errors/start-error';
import { databaseUrl } from './cluster.ts';
import { findEmbeddedPostgres } from './find-embedded-postgres.ts';
import { createLayout, type Layout } from './layout.ts';
import { GuardKilledError, type GuardSession, openGuardSession } from './reach-guard.ts';
import { spawnGuard } from './spawn-guard.ts';

/** Says what PGSSLMODE and PGOPTIONS would otherwise say: variables for another Postgres must not reach this one. */
const urlParameters = 'sslmode=disable&options=-c%20search_path%3Dpublic';
const stopPollMs = 100;
const maxStopPolls = 20;
/** A fast shutdown may write to disk for 30 s. */
const maxEndPolls = 450;
const reopenMs = 1000;

export type JoinOptions = {
  /**
   * The folder that holds the data, the state and the logs, such as `<checkout>/.tripod`. Created when it is missing.
   */
  readonly stateDir: string;
  /** Receives sentences about steps that take time and about later changes. */
  readonly onProgress?: (message: string) => void;
  /**
   * Called when the database is gone for good: its guard could not start Postgres again, or it was reset. A guard that
   * merely died is replaced without a call, once a second until it works; the new one takes over a running Postgres.
   */
  readonly onGuardLost?: (error: Error) => void;
};

export type EmbeddedPostgres = {
  /** The address of the database with its password: never print it. */
  readonly databaseUrl: string;
  /** Whether this call started Postgres; false when it ran already. */
  readonly started: boolean;
  readonly dataDir: string;
  /** Stops using it. Postgres stops half a second after its last user has left or died. */
  readonly leave: () => Promise<void>;
  /** Leaves, then waits until Postgres has stopped or another process uses it, at most 2 s. */
  readonly leaveAndWait: () => Promise<void>;
};

const waitUntilStopped = async (stateDir: string): Promise<void> => {
  for (let poll = 0; poll < maxStopPolls; poll += 1) {
    const { running, users } = await findEmbeddedPostgres({ stateDir });
    if (!running || users > 0) return;
    await delay(stopPollMs);
  }
};

/**
 * Joins the Postgres of a state folder, and starts it when none runs. Postgres belongs to a guard process and runs
 * while it has users. A process that ends in any way, kill -9 included, stops being a user. Joining does not keep
 * this process alive. Throws a StartError with one sentence when there can be no database.
 */
export const joinEmbeddedPostgres = async (options: JoinOptions): Promise<EmbeddedPostgres> => {
  try {
    return await join(options);
  } catch (error) {
    throw toStartError(error);
  }
};

const join = async (options: JoinOptions): Promise<EmbeddedPostgres> => {
  if (process.platform === 'win32') {
    throw new Error('The Postgres from npm runs on Linux and macOS only: set DATABASE_URL.');
  }
  const layout = createLayout(options.stateDir);
  const membership = new Membership(layout, options);
  const { ready, startedHere } = await membership.open().catch(async (error: unknown) => {
    if (error instanceof GuardKilledError) await endRemains(layout);
    throw error;
  });
  if (ready.dataDir !== layout.dataDir) {
    options.onProgress?.(
      `The database is in ${ready.dataDir}, because the user that Postgres runs as may not enter ${layout.home}.`,
    );
  }
  return {
    databaseUrl: `${databaseUrl(ready.port, ready.password)}?${urlParameters}`,
    started: startedHere,
    dataDir: ready.dataDir,
    leave: () => membership.leave(),
    leaveAndWait: async () => {
      await membership.leave();
      await waitUntilStopped(options.stateDir);
    },
  };
};

/** Ends what the killed guard of a first start has left, which would run without an owner. */
const endRemains = async (layout: Layout): Promise<void> => {
  const { exitCode } = spawnGuard(layout, 'end');
  for (let poll = 0; exitCode() === undefined && poll < maxEndPolls; poll += 1) await delay(stopPollMs);
};

/** One user of the database, across guards: when its guard dies, it connects to the next one, or starts that. */
class Membership {
  readonly #layout: Layout;
  readonly #onProgress: (message: string) => void;
  readonly #onGuardLost: (error: Error) => void;
  #session: GuardSession | undefined;
  #hasLeft = false;

  constructor(layout: Layout, { onProgress, onGuardLost }: JoinOptions) {
    this.#layout = layout;
    this.#onProgress = onProgress ?? (() => {});
    this.#onGuardLost = onGuardLost ?? (() => {});
  }

  async open(): Promise<GuardSession> {
    const session = await openGuardSession(this.#layout, {
      onProgress: this.#onProgress,
      onClose: (finalMessage) => this.#onClose(finalMessage),
    });
    this.#session = session;
    return session;
  }

  leave(): Promise<void> {
    this.#hasLeft = true;
    const socket = this.#session?.socket;
    if (!socket || socket.closed) return Promise.resolve();
    return new Promise((resolve) => {
      socket.ref();
      socket.once('close', () => resolve());
      socket.end();
    });
  }

  #onClose(finalMessage: string | undefined): void {
    if (this.#hasLeft) return;
    if (finalMessage !== undefined) {
      this.#onGuardLost(new Error(finalMessage));
      return;
    }
    this.#reopen().catch((error: Error) => this.#onGuardLost(error));
  }

  /** Tries once a second, and says so once: a full disk may have room again. Undefined after `leave`. */
  async #openUntilItWorks(): Promise<GuardSession | undefined> {
    let isReported = false;
    while (!this.#hasLeft) {
      try {
        return await this.open();
      } catch (error) {
        if (!isReported) {
          this.#onProgress(`${(error as Error).message} It is tried again every second.`);
        }
        isReported = true;
        await delay(reopenMs, undefined, { ref: false });
      }
    }
    return undefined;
  }

  async #reopen(): Promise<void> {
    const before = this.#session?.ready;
    const session = await this.#openUntilItWorks();
    if (!session || this.#hasLeft) {
      await this.leave();
      return;
    }
    const { ready } = session;
    if (ready.port !== before?.port || ready.password !== before.password) {
      await this.leave();
      throw new Error('The database came back under another address: start this program again.');
    }
    this.#onProgress("The database's guard had ended; another one has taken over.");
  }
}
