import { lstatSync, renameSync } from 'node:fs';

/**
 * Renames a damaged file, folder or pipe to `PATH.damaged`, or to `PATH.damaged-2` and so on when that name is taken.
 * Returns the new path. Throws the error of the system when it can't be renamed.
 */
export const setAside = (path: string): string => {
  let aside = `${path}.damaged`;
  for (let number = 2; lstatSync(aside, { throwIfNoEntry: false }); number += 1) {
    aside = `${path}.damaged-${number}`;
  }
  renameSync(path, aside);
  return aside;
};
