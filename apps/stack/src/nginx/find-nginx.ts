import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { StartError } from '@tripod/shared/errors/start-error';

/** Where packages put nginx and an ordinary user's PATH does not look. */
const furtherFolders = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin'];

/** The path of nginx. Throws a StartError that says how to get it, or do without. */
export const findNginx = (searchPath: string): string => {
  for (const folder of [...searchPath.split(delimiter).filter(Boolean), ...furtherFolders]) {
    const file = join(folder, 'nginx');
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not here.
    }
  }
  throw new StartError(
    'nginx is not installed; install it (apt-get install nginx, or brew install nginx), or use --proxy http-proxy.',
  );
};
