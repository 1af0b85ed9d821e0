import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/** The file is no plain file, or too large. The message is the end of a sentence that begins with the file. */
export class PlainFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PlainFileError';
  }
}

/**
 * Reads a text file that may have been replaced by something else. Never waits on a named pipe or reads a device.
 * Throws a PlainFileError when it is no plain file or has more than `maxBytes`, and the error of the system when it
 * can't be read.
 */
export const readPlainFile = (file: string, maxBytes: number): string => {
  // Without O_NONBLOCK, opening a named pipe waits for a writer.
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw new PlainFileError('cannot be read: it is not a plain file');
    if (stats.size > maxBytes) {
      throw new PlainFileError(`has ${stats.size} bytes, which is more than the limit of ${maxBytes}`);
    }
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
};
