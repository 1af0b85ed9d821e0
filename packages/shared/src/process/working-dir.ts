import { dirname } from 'node:path';

/**
 * Returns the folder in which the command was typed. pnpm runs a script in the folder of its package.json and sets
 * INIT_CWD to the original one. INIT_CWD is used only in a package script itself, because processes that the script
 * starts inherit it.
 */
export const workingDir = (): string => {
  const { INIT_CWD: typedIn, npm_package_json: manifest } = process.env;
  const cwd = process.cwd();
  return typedIn && manifest && dirname(manifest) === cwd ? typedIn : cwd;
};
