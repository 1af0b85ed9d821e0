import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { setAside } from '@tripod/shared/os/set-aside';

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
  /** Receives a sentence when lines begin to get lost, and when something that is no file was renamed. */
  readonly onProblem: (sentence: string) => void;
};

const openToAppend = (path: string): number => {
  // Without O_NONBLOCK, opening a named pipe waits for a reader.
  const { O_APPEND, O_CREAT, O_NONBLOCK, O_WRONLY } = constants;
  return openSync(path, O_APPEND | O_CREAT | O_NONBLOCK | O_WRONLY, 0o600);
};

/**
 * Appends lines to a file, which is opened with the first of them, and again after it was removed. Never throws: while
 * the file can't be opened or written, as on a full disk, lines are lost, and each batch tries again.
 */
export const createLogFile = (path: string, options: LogFileOptions): LogFile => {
  const { maxBytes = 10_485_760, batchLength = 65_536, flushSoon, onProblem } = options;
  let opened: { readonly descriptor: number; readonly inode: number } | undefined;
  let size = 0;
  let buffered = '';
  let isLosing = false;
  let isClosed = false;

  const closeFile = (): void => {
    if (opened) closeSync(opened.descriptor);
    opened = undefined;
  };
  const openFile = (): number => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (opened && found?.ino === opened.inode) return opened.descriptor;
    closeFile();
    if (found && !found.isFile())
      onProblem(`The log ${path} is no file and was renamed to ${setAside(path)}.`);
    mkdirSync(dirname(path), { recursive: true });
    const descriptor = openToAppend(path);
    const { ino: inode, size: oldSize } = fstatSync(descriptor);
    opened = { descriptor, inode };
    size = oldSize;
    return descriptor;
  };
  const rotate = (): number => {
    try {
      renameSync(path, `${path}.1`);
    } catch {
      // The limit of the size counts for more than the old lines.
      if (opened) ftruncateSync(opened.descriptor);
      size = 0;
    }
    return openFile();
  };
  const write = (bytes: Uint8Array): void => {
    let descriptor = openFile();
    if (size > 0 && size + bytes.length > maxBytes) descriptor = rotate();
    for (let written = 0; written < bytes.length; ) {
      const count = writeSync(descriptor, bytes, written);
      written += count;
      size += count;
    }
  };
  const flush = (): void => {
    const bytes = Buffer.from(buffered, 'utf8');
    buffered = '';
    if (bytes.length === 0) return;
    try {
      write(bytes);
      isLosing = false;
    } catch (error) {
      if (isLosing) return;
      isLosing = true;
      const { code } = error as NodeJS.ErrnoException;
      onProblem(`The log ${path} can't be written (${code}); its lines are lost until it can.`);
    }
  };
  return {
    add(line) {
      if (isClosed) return;
      if (buffered === '') flushSoon(flush);
      buffered += `${line}\n`;
      if (buffered.length >= batchLength) flush();
    },
    close() {
      flush();
      closeFile();
      isClosed = true;
    },
  };
};
