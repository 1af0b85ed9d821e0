import { databaseUrl } from './cluster.ts';
import { createLayout, type Layout } from './layout.ts';
import { type Seat, takeSeat } from './reach-guard.ts';

export type JoinOptions = {
  /** The folder that holds the data, the state and the logs, as `<checkout>/.tripod`. Made when it is not there. */
  readonly stateDir: string;
  /** Told in sentences what takes time, and what became of Postgres later. */
  readonly onProgress?: (message: string) => void;
  /**
   * Told when there is no database any more and none will come: Postgres can't be started again, or was reset. A guard
   * that only died is replaced without a word here, and its Postgres taken over as it runs.
   */
  readonly onGuardLost?: (error: Error) => void;
};

export type EmbeddedPostgres = {
  /** The address of the database with its password: never print it. */
  readonly databaseUrl: string;
  /** Whether it was started for this call, and did not run before. */
  readonly started: boolean;
  readonly dataDir: string;
  /** Gives the place up. Postgres stops half a second after the last user has left, or died. */
  readonly leave: () => Promise<void>;
};

/**
 * Joins the Postgres of that state folder, and starts it when none runs. It belongs to a guard process and runs for as
 * long as there is a user, whoever that is: to end, or be killed, is to leave. The place keeps no process alive.
 * Throws one sentence when there can be no database.
 */
export const joinEmbeddedPostgres = async (options: JoinOptions): Promise<EmbeddedPostgres> => {
  if (process.platform === 'win32') {
    throw new Error('The Postgres from npm is run on Linux and macOS only: set DATABASE_URL.');
  }
  const layout = createLayout(options.stateDir);
  const place = new Place(layout, options);
  const { ready, startedHere } = await place.take();
  if (ready.dataDir !== layout.dataDir) {
    options.onProgress?.(
      `The database is kept in ${ready.dataDir}, since the user it runs as may not enter ${layout.home}.`,
    );
  }
  return {
    databaseUrl: databaseUrl(ready.port, ready.password),
    started: startedHere,
    dataDir: ready.dataDir,
    leave: () => place.leave(),
  };
};

/** One user's place, across guards: when its guard dies, it takes a seat at the next, or starts that itself. */
class Place {
  readonly #layout: Layout;
  readonly #onProgress: (message: string) => void;
  readonly #onGuardLost: (error: Error) => void;
  #seat: Seat | undefined;
  #hasLeft = false;

  constructor(layout: Layout, { onProgress, onGuardLost }: JoinOptions) {
    this.#layout = layout;
    this.#onProgress = onProgress ?? (() => {});
    this.#onGuardLost = onGuardLost ?? (() => {});
  }

  async take(): Promise<Seat> {
    const seat = await takeSeat(this.#layout, {
      onProgress: this.#onProgress,
      onClose: (lastWords) => this.#onClose(lastWords),
    });
    this.#seat = seat;
    return seat;
  }

  leave(): Promise<void> {
    this.#hasLeft = true;
    const socket = this.#seat?.socket;
    if (!socket || socket.closed) return Promise.resolve();
    return new Promise((resolve) => {
      socket.ref();
      socket.once('close', () => resolve());
      socket.end();
    });
  }

  #onClose(lastWords: string | undefined): void {
    if (this.#hasLeft) return;
    if (lastWords !== undefined) {
      this.#onGuardLost(new Error(lastWords));
      return;
    }
    this.#takeAgain().catch((error: Error) => this.#onGuardLost(error));
  }

  async #takeAgain(): Promise<void> {
    const before = this.#seat?.ready;
    const { ready } = await this.take();
    if (this.#hasLeft) {
      await this.leave();
      return;
    }
    if (ready.port !== before?.port || ready.password !== before.password) {
      await this.leave();
      throw new Error('The database came back under another address: start this program again.');
    }
    this.#onProgress("The database's guard had ended; another one has taken over.");
  }
}
