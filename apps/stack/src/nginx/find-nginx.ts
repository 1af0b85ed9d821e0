import { StartError } from '@tripod/shared/errors/start-error';
import { findProgram } from '@tripod/shared/os/find-program';

/** Returns the path of nginx. Throws a StartError with the command that installs it. */
export const findNginx = (searchPath: string): string => {
  const file = findProgram('nginx', searchPath);
  if (file !== undefined) return file;
  throw new StartError(
    'nginx is not installed; install it (apt-get install nginx, or brew install nginx), or use --proxy direct.',
  );
};
