type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Variables that services inherit: those of the system, of Node and of Postgres connections. Others are withheld,
 * because every setting of a service can come from the environment: a PORT, HOST or NAME would reach all services at
 * once.
 */
const inherited =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_[A-Z]+|TZ|TMPDIR|NODE_[A-Z_]+|UV_THREADPOOL_SIZE|SSL_CERT_(?:FILE|DIR)|PG[A-Z]+)$/;

/**
 * Returns the environment of a started service. `added` wins over what is inherited; addresses with passwords are
 * passed here, since arguments are visible to every user of the machine.
 */
export const childEnvironment = (own: Environment, added: Environment): Record<string, string> => {
  const environment: Record<string, string> = {};
  for (const [name, value] of [
    ...Object.entries(own).filter(([name]) => inherited.test(name)),
    ...Object.entries(added),
  ]) {
    if (value !== undefined) environment[name] = value;
  }
  return environment;
};
