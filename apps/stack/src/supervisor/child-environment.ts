type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Each setting of a service can also come from the environment: a PORT, HOST or NAME in the user's own would reach all
 * of them at once. So they see only what the system and Node need, and what a Postgres connection may use.
 */
const passedOn =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_[A-Z]+|TZ|TMPDIR|NODE_[A-Z_]+|UV_THREADPOOL_SIZE|SSL_CERT_(?:FILE|DIR)|PG[A-Z]+)$/;

/** The environment of a started service. `added` wins; the database's address goes here, since argv is visible to all. */
export const childEnvironment = (own: Environment, added: Environment): Record<string, string> => {
  const environment: Record<string, string> = {};
  for (const [name, value] of [
    ...Object.entries(own).filter(([name]) => passedOn.test(name)),
    ...Object.entries(added),
  ]) {
    if (value !== undefined) environment[name] = value;
  }
  return environment;
};
