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
};

/** The person's own by DATABASE_URL; otherwise the one from npm, started or joined. */
export const openDatabase = async (options: DatabaseOptions): Promise<Database> => {
  const { databaseUrl, stateDir, onProgress } = options;
  if (databaseUrl !== undefined) return { url: databaseUrl, close: () => Promise.resolve() };
  const { joinEmbeddedPostgres } = await import('@tripod/embedded-postgres/join-embedded-postgres');
  const onGuardLost = (error: Error): void => onProgress(error.message);
  const joined = await joinEmbeddedPostgres({ stateDir, onProgress, onGuardLost });
  return { url: joined.databaseUrl, close: joined.leaveAndWait };
};
