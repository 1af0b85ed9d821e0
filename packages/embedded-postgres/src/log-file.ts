import { constants, copyFileSync, openSync, readFileSync, statSync, truncateSync, writeSync } from 'node:fs';
import { setAside } from '@tripod/shared/os/set-aside';

const maxLogBytes = 10 * 1024 * 1024;
const maxSummaryLength = 300;

/**
 * Keeps a log under 10 MiB, with one old log. The file is copied and emptied, because Postgres keeps it open to
 * append.
 */
export const boundLog = (logFile: string, maxBytes = maxLogBytes): void => {
  if (logSize(logFile) <= maxBytes) return;
  try {
    copyFileSync(logFile, `${logFile}.1`);
  } catch {
    // A full disk has no room for the copy; emptying the log matters even more then.
  }
  try {
    truncateSync(logFile);
  } catch {
    // Removed or replaced meanwhile: there is nothing to bound.
  }
};

/**
 * Opens a log to append. A folder, a named pipe or a device in its place is renamed first. Throws the error of the
 * system when it can't be opened.
 */
export const openLog = (logFile: string): number => {
  const found = statSync(logFile, { throwIfNoEntry: false });
  if (found && !found.isFile()) setAside(logFile);
  const { O_APPEND, O_CREAT, O_NONBLOCK, O_WRONLY } = constants;
  return openSync(logFile, O_APPEND | O_CREAT | O_NONBLOCK | O_WRONLY, 0o600);
};

/** Writes a line to the log of this process, which is its stderr. A full disk must not end the process. */
export const writeLogLine = (line: string, descriptor = 2): void => {
  try {
    writeSync(descriptor, `${line}\n`);
  } catch {
    // A log that can't be written has no better place to report it.
  }
};

/** The size of a log in bytes; 0 when it is missing. */
export const logSize = (logFile: string): number => {
  const found = statSync(logFile, { throwIfNoEntry: false });
  return found?.isFile() ? found.size : 0;
};

/** Summarizes the log from that byte on in one line: its last errors, or its last lines when there are none. */
export const summarizeLog = (logFile: string, fromByte: number): string => {
  if (logSize(logFile) <= fromByte) return 'its log is empty';
  const lines = readFileSync(logFile).subarray(fromByte).toString().split('\n').filter(Boolean);
  // Refusals of clients during the start are not the reason for its failure.
  const errors = lines.filter(
    (line) => /\b(PANIC|FATAL|ERROR)\b|error:/i.test(line) && !line.includes('the database system is '),
  );
  const last = (errors.length > 0 ? errors : lines)
    .slice(-2)
    .map((line) => line.replace(/^.*?\] /, '').trim());
  return last.join('; ').slice(0, maxSummaryLength);
};
