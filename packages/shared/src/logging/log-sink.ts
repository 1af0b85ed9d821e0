import { writeSync } from 'node:fs';

/** Where log lines go. `add` never waits for a reader and never throws. */
export type LogSink = {
  add(line: string): void;
  /** Writes what is left, waiting up to half a second for a slow reader: for the end of the process. */
  flush(): void;
  /** Lines thrown away because the reader was too slow, or gone. */
  dropped(): number;
};

export type LogSinkOptions = {
  /** Longest time a line waits for company. Default 100 ms. */
  readonly delayMs?: number;
  /** At this many characters a batch goes out without waiting. Default 64 KiB. */
  readonly batchLength?: number;
  /** With this much waiting for a slow reader, new lines are dropped. Default 4 MiB. */
  readonly maxWaitingLength?: number;
  /** The other end of the pipe was closed; called once. */
  readonly onReaderGone?: () => void;
};

const hasCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code;

/**
 * Gathers lines and writes them in one go. The descriptor must be non-blocking (or a file): a write to a pipe that
 * no one empties then fails with EAGAIN and is tried again later, while a blocking one would hold the whole process,
 * or, in a thread of the pool, its exit. A reader that is gone (EPIPE, EIO) ends the writing.
 */
export const createLogSink = (fileDescriptor: number, options: LogSinkOptions = {}): LogSink => {
  const { delayMs = 100, batchLength = 65_536, maxWaitingLength = 4_194_304, onReaderGone } = options;
  let waiting = '';
  // Used again for every batch; a character of a string takes three bytes at the most.
  const encoder = new TextEncoder();
  const batch = new Uint8Array(Math.max(batchLength, 1024) * 3);
  /** What is left of a batch of which the reader took a part. */
  let rest: Uint8Array = new Uint8Array(0);
  let timer: NodeJS.Timeout | undefined;
  let retryMs = 1;
  let droppedLines = 0;
  let gone = false;

  const later = (ms: number): void => {
    if (timer === undefined) timer = setTimeout(send, ms).unref();
  };

  /** Writes until all is out or the reader has no room. Returns whether all is out, or no one is there to read. */
  const writeOut = (): boolean => {
    try {
      for (;;) {
        if (rest.length === 0) {
          const { read, written } = encoder.encodeInto(waiting, batch);
          rest = batch.subarray(0, written);
          waiting = read === waiting.length ? '' : waiting.slice(read);
        }
        if (rest.length === 0) return true;
        rest = rest.subarray(writeSync(fileDescriptor, rest));
      }
    } catch (error) {
      if (hasCode(error, 'EAGAIN')) return false;
      gone = true;
      rest = new Uint8Array(0);
      waiting = '';
      if (hasCode(error, 'EPIPE')) onReaderGone?.();
      return true;
    }
  };

  const send = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (writeOut()) {
      retryMs = 1;
      return;
    }
    later(retryMs);
    retryMs = Math.min(retryMs * 2, 20);
  };

  return {
    add(line) {
      if (gone || rest.length + waiting.length + line.length > maxWaitingLength) {
        droppedLines += 1;
        return;
      }
      waiting += line;
      if (rest.length === 0 && waiting.length >= batchLength) send();
      else later(delayMs);
    },
    flush() {
      for (let tries = 0; tries < 50 && !writeOut(); tries += 1) {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
      }
    },
    dropped: () => droppedLines,
  };
};
