import { toStartError } from '@tripod/shared/errors/start-error';

/** The database of the copies, as long as the stack runs. */
export type Database = {
  /** Never printed. */
  readonly url: string;
  /** Gives it up; one that only this stack used has stopped when this resolves. */
  close(): Promise<void>;
};

export type DatabaseOptions = {
  readonly databaseUrl: string | undefined;
  readonly stateDir: string;
  readonly onProgress: (message: string) => void;
  readonly pause: (ms: number) => Promise<void>;
};

const pollMs = 100;
const maxPolls = 20;

/** The person's own by DATABASE_URL; otherwise the one from npm, started or joined. */
export const openDatabase = async (options: DatabaseOptions): Promise<Database> => {
  const { databaseUrl, stateDir, onProgress, pause } = options;
  if (databaseUrl !== undefined) return { url: databaseUrl, close: () => Promise.resolve() };
  const { joinEmbeddedPostgres } = await import('@tripod/embedded-postgres/join-embedded-postgres');
  const { findEmbeddedPostgres } = await import('@tripod/embedded-postgres/find-embedded-postgres');
  const onGuardLost = (error: Error): void => onProgress(error.message);
  let joined: Awaited<ReturnType<typeof joinEmbeddedPostgres>>;
  try {
    joined = await joinEmbeddedPostgres({ stateDir, onProgress, onGuardLost });
  } catch (error) {
    throw toStartError(error);
  }
  return {
    url: joined.databaseUrl,
    close: async () => {
      await joined.leave();
      for (let poll = 0; poll < maxPolls; poll += 1) {
        const { running, users } = await findEmbeddedPostgres({ stateDir });
        if (!running || users > 0) return;
        await pause(pollMs);
      }
    },
  };
};
