import { spawnSync } from 'node:child_process';

/** The nginx of this machine; undefined where there is none, which skips a test here and fails it with CI=true. */
export const installedNginx = (): string | undefined => {
  const found = ['nginx', '/usr/sbin/nginx'].find((name) => spawnSync(name, ['-v']).status === 0);
  if (!found && process.env['CI'] === 'true')
    throw new Error('nginx is not installed, and CI must not skip its tests');
  return found;
};
