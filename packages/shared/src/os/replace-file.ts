import { renameSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Replaces a file as a whole, readable by its owner only. When it can't be written, as on a full disk, the old file
 * stays, no draft is left, and the error of the system is thrown.
 */
export const replaceFile = (file: string, text: string): void => {
  const draft = `${file}.next`;
  try {
    // A draft of a killed process, or something that is no plain file.
    rmSync(draft, { recursive: true, force: true });
    writeFileSync(draft, text, { mode: 0o600, flag: 'wx' });
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
};
