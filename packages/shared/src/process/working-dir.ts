import { dirname } from 'node:path';

/**
 * The folder in which the command was typed. pnpm runs a script in the folder of its package.json and leaves the
 * other one in INIT_CWD; the variable is believed only there, because everything started from a script inherits it.
 */
export const workingDir = (): string => {
  const { INIT_CWD: typedIn, npm_package_json: manifest } = process.env;
  const cwd = process.cwd();
  return typedIn && manifest && dirname(manifest) === cwd ? typedIn : cwd;
};
