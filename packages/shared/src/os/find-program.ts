import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Folders in which packages install servers and which may not be on the PATH of an ordinary user. */
const otherFolders = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin'];

/** Returns the path of a program on a PATH or in the usual folders. Undefined when it is not installed. */
export const findProgram = (name: string, searchPath: string): string | undefined => {
  for (const folder of [...searchPath.split(delimiter).filter(Boolean), ...otherFolders]) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // It is not in this folder.
    }
  }
  return undefined;
};
