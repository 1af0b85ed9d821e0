import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

/** The log of one process: `NAME.log`, and the previous file as `NAME.log.1`. */
export type LogFile = {
  add(line: string): void;
  close(): void;
};

export type LogFileOptions = {
  /** Size at which a new file is started. Default 10 MiB. */
  readonly maxBytes?: number;
  /** Buffered characters at which lines are written at once. Default 64 KiB. */
  readonly batchLength?: number;
  /** Schedules a write of the buffered lines. */
  readonly flushSoon: (flush: () => void) => void;
};

/** Opens the file for appending. When the disk is full, lines are lost and nothing else happens. */
export const openLogFile = (path: string, options: LogFileOptions): LogFile => {
  const { maxBytes = 10_485_760, batchLength = 65_536, flushSoon } = options;
  let fileDescriptor: number | undefined = openSync(path, 'a', 0o600);
  let size = fstatSync(fileDescriptor).size;
  let buffered = '';

  const rotate = (): void => {
    if (fileDescriptor !== undefined) closeSync(fileDescriptor);
    fileDescriptor = undefined;
    renameSync(path, `${path}.1`);
    fileDescriptor = openSync(path, 'a', 0o600);
    size = 0;
  };
  const flush = (): void => {
    const bytes = Buffer.from(buffered, 'utf8');
    buffered = '';
    if (bytes.length === 0 || fileDescriptor === undefined) return;
    try {
      if (size > 0 && size + bytes.length > maxBytes) rotate();
      size += writeSync(fileDescriptor, bytes);
    } catch {
      // A log that cannot be written has no better place to report it.
    }
  };
  return {
    add(line) {
      if (buffered === '') flushSoon(flush);
      buffered += `${line}\n`;
      if (buffered.length >= batchLength) flush();
    },
    close() {
      flush();
      if (fileDescriptor !== undefined) closeSync(fileDescriptor);
      fileDescriptor = undefined;
    },
  };
};
