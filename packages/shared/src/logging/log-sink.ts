import { writeSync } from 'node:fs';

/** Receives log lines. `add` never blocks and never throws. */
export type LogSink = {
  add(line: string): void;
  /** Writes the remaining lines, blocking for up to 0.5 s when the reader is slow. Call it before the process exits. */
  flush(): void;
  /** Number of lines dropped: the reader is too slow or has closed the pipe, or the disk is full. */
  dropped(): number;
};

export type LogSinkOptions = {
  /** Longest time for which lines are buffered. Default 100 ms. */
  readonly delayMs?: number;
  /** Buffered characters at which a batch is written at once. Default 64 KiB. */
  readonly batchLength?: number;
  /** Buffered characters beyond which new lines are dropped. Default 4 MiB. */
  readonly maxWaitingLength?: number;
  /** Writes bytes to a descriptor and returns how many were written. Default: that of the system. */
  readonly write?: (fileDescriptor: number, bytes: Uint8Array) => number;
  /** Called once when the reader has closed the pipe. */
  readonly onReaderClosed?: () => void;
};

/** The reader or the terminal has gone, or the descriptor is closed. Any other failure, such as ENOSPC, may pass. */
const closedCodes: ReadonlySet<string> = new Set(['EPIPE', 'EIO', 'EBADF']);

const countLines = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum + (byte === 10 ? 1 : 0), 0);

const hasCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code;

/**
 * Buffers lines and writes them in batches. The descriptor must be non-blocking, or a file: a write to a full pipe then
 * fails with EAGAIN and is retried later, where a blocking write would stop the whole process. After EPIPE or EIO
 * nothing more is written. After any other failure, such as a full disk, the batch is lost and the next one is tried.
 */
export const createLogSink = (fileDescriptor: number, options: LogSinkOptions = {}): LogSink => {
  const { delayMs = 100, batchLength = 65_536, maxWaitingLength = 4_194_304 } = options;
  const { onReaderClosed, write = writeSync } = options;
  let waiting = '';
  // Reused for every batch; one UTF-16 unit takes at most three bytes in UTF-8.
  const encoder = new TextEncoder();
  const batch = new Uint8Array(Math.max(batchLength, 1024) * 3);
  /** The rest of a batch that was written in part. */
  let rest: Uint8Array = new Uint8Array(0);
  let timer: NodeJS.Timeout | undefined;
  let retryMs = 1;
  let droppedCount = 0;
  let closed = false;

  const schedule = (ms: number): void => {
    if (timer === undefined) timer = setTimeout(flushBatch, ms).unref();
  };

  /** Writes until the buffer is empty or the pipe is full. Returns false when data remains. */
  const writeOut = (): boolean => {
    try {
      for (;;) {
        if (rest.length === 0) {
          const { read, written } = encoder.encodeInto(waiting, batch);
          rest = batch.subarray(0, written);
          waiting = read === waiting.length ? '' : waiting.slice(read);
        }
        if (rest.length === 0) return true;
        rest = rest.subarray(write(fileDescriptor, rest));
      }
    } catch (error) {
      if (hasCode(error, 'EAGAIN')) return false;
      closed = closedCodes.has((error as NodeJS.ErrnoException).code ?? '');
      if (!closed) droppedCount += countLines(rest) + waiting.split('\n').length - 1;
      rest = new Uint8Array(0);
      waiting = '';
      if (hasCode(error, 'EPIPE')) onReaderClosed?.();
      return true;
    }
  };

  const flushBatch = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (writeOut()) {
      retryMs = 1;
      return;
    }
    schedule(retryMs);
    retryMs = Math.min(retryMs * 2, 20);
  };

  return {
    add(line) {
      if (closed || rest.length + waiting.length + line.length > maxWaitingLength) {
        droppedCount += 1;
        return;
      }
      waiting += line;
      if (rest.length === 0 && waiting.length >= batchLength) flushBatch();
      else schedule(delayMs);
    },
    flush() {
      for (let tries = 0; tries < 50 && !writeOut(); tries += 1) {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
      }
    },
    dropped: () => droppedCount,
  };
};
