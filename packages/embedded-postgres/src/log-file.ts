import { copyFileSync, readFileSync, statSync, truncateSync } from 'node:fs';

const maxLogBytes = 10 * 1024 * 1024;
const maxGistLength = 300;

/** Keeps a log under 10 MiB, with one old one beside it. Copied and emptied, since Postgres keeps it open (to append). */
export const boundLog = (logFile: string, maxBytes = maxLogBytes): void => {
  if (logSize(logFile) <= maxBytes) return;
  try {
    copyFileSync(logFile, `${logFile}.1`);
  } catch {
    // A full disk has no room for the old one, and all the more need of this.
  }
  truncateSync(logFile);
};

/** Its size in bytes, 0 when there is none. */
export const logSize = (logFile: string): number => statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;

/** What the log says since that byte, in one line: the last errors when there are any, else the last lines. */
export const summarizeLog = (logFile: string, fromByte: number): string => {
  if (logSize(logFile) <= fromByte) return 'it said nothing';
  const lines = readFileSync(logFile).subarray(fromByte).toString().split('\n').filter(Boolean);
  // What clients were answered meanwhile is no reason.
  const errors = lines.filter(
    (line) => /\b(PANIC|FATAL|ERROR)\b|error:/i.test(line) && !line.includes('the database system is '),
  );
  const told = (errors.length > 0 ? errors : lines)
    .slice(-2)
    .map((line) => line.replace(/^.*?\] /, '').trim());
  return told.join('; ').slice(0, maxGistLength);
};
