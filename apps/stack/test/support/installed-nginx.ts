import { spawnSync } from 'node:child_process';

/** The nginx of this machine. Undefined when there is none, which skips tests, and fails them when CI is true. */
export const installedNginx = (): string | undefined => {
  const found = ['nginx', '/usr/sbin/nginx'].find((name) => spawnSync(name, ['-v']).status === 0);
  if (!found && process.env['CI'] === 'true')
    throw new Error('nginx is not installed, and its tests must not be skipped when CI=true');
  return found;
};
