import { spawnSync } from 'node:child_process';

/**
 * Returns the pgbouncer command of this machine, or undefined when PgBouncer is not installed. Throws instead when
 * `CI=true`, because a test must not be skipped there.
 */
export const findInstalledPgbouncer = (): string | undefined => {
  const names = ['pgbouncer', '/usr/sbin/pgbouncer'];
  const found = names.find((name) => spawnSync(name, ['--version']).status === 0);
  if (!found && process.env['CI'] === 'true')
    throw new Error('PgBouncer is not installed, and CI must not skip the tests that need it');
  return found;
};
