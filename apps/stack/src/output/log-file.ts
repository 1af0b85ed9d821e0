import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

/** Keeps the lines of one service: `NAME.log`, and the one before it as `NAME.log.1`. */
export type LogFile = {
  add(line: string): void;
  close(): void;
};

export type LogFileOptions = {
  /** A file that would grow beyond this begins anew. Default 10 MiB. */
  readonly maxBytes?: number;
  /** Lines are gathered up to this length, or until `flushSoon` calls back. Default 64 KiB. */
  readonly batchLength?: number;
  readonly flushSoon: (flush: () => void) => void;
};

/** Opens the file for adding to it. A full disk loses lines and nothing else. */
export const openLogFile = (path: string, options: LogFileOptions): LogFile => {
  const { maxBytes = 10_485_760, batchLength = 65_536, flushSoon } = options;
  let fileDescriptor: number | undefined = openSync(path, 'a', 0o600);
  let size = fstatSync(fileDescriptor).size;
  let waiting = '';

  const rotate = (): void => {
    if (fileDescriptor !== undefined) closeSync(fileDescriptor);
    fileDescriptor = undefined;
    renameSync(path, `${path}.1`);
    fileDescriptor = openSync(path, 'a', 0o600);
    size = 0;
  };
  const flush = (): void => {
    const bytes = Buffer.from(waiting, 'utf8');
    waiting = '';
    if (bytes.length === 0 || fileDescriptor === undefined) return;
    try {
      if (size > 0 && size + bytes.length > maxBytes) rotate();
      size += writeSync(fileDescriptor, bytes);
    } catch {
      // There is no better place to say that the log can't be written.
    }
  };
  return {
    add(line) {
      if (waiting === '') flushSoon(flush);
      waiting += `${line}\n`;
      if (waiting.length >= batchLength) flush();
    },
    close() {
      flush();
      if (fileDescriptor !== undefined) closeSync(fileDescriptor);
      fileDescriptor = undefined;
    },
  };
};
