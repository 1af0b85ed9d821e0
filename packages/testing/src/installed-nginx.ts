import { spawnSync } from 'node:child_process';

/**
 * Returns the nginx command of this machine, or undefined when nginx is not installed. Throws instead when `CI=true`,
 * because a test must not be skipped there.
 */
export const findInstalledNginx = (): string | undefined => {
  const found = ['nginx', '/usr/sbin/nginx'].find((name) => spawnSync(name, ['-v']).status === 0);
  if (!found && process.env['CI'] === 'true')
    throw new Error('nginx is not installed, and CI must not skip the tests that need it');
  return found;
};
