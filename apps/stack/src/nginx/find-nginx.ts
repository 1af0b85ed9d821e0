import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { StartError } from '@tripod/shared/errors/start-error';

/** Folders in which packages install nginx and which may not be on the PATH of an ordinary user. */
const otherFolders = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin'];

/** Returns the path of nginx. Throws a StartError with the command that installs it. */
export const findNginx = (searchPath: string): string => {
  for (const folder of [...searchPath.split(delimiter).filter(Boolean), ...otherFolders]) {
    const file = join(folder, 'nginx');
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // It is not in this folder.
    }
  }
  throw new StartError(
    'nginx is not installed; install it (apt-get install nginx, or brew install nginx), or use --proxy direct.',
  );
};
