import { write, writeSync } from 'node:fs';

/** Where log lines go. `add` never blocks and never throws. */
export type LogSink = {
  add(line: string): void;
  /** Writes what is left, waiting for it: for the end of the process. */
  flush(): void;
  /** Lines thrown away because the reader was too slow. */
  dropped(): number;
};

export type LogSinkOptions = {
  /** Longest time a line waits for company. Default 100 ms. */
  readonly delayMs?: number;
  /** At this many characters a batch goes out without waiting. Default 64 KiB. */
  readonly batchLength?: number;
  /** With this many characters waiting for a slow reader, new lines are dropped. Default 4 MiB. */
  readonly maxWaitingLength?: number;
};

/**
 * Gathers lines and writes them in one go, asynchronously: `process.stdout` on a pipe blocks the whole process when
 * its reader sleeps. A write that can't go on (EAGAIN) is tried again later; a reader that is gone (EPIPE, EIO)
 * ends the writing.
 */
export const createLogSink = (fileDescriptor: number, options: LogSinkOptions = {}): LogSink => {
  const { delayMs = 100, batchLength = 65_536, maxWaitingLength = 4_194_304 } = options;
  let waiting = '';
  let inFlight: Buffer | undefined;
  let timer: NodeJS.Timeout | undefined;
  let droppedLines = 0;
  let gone = false;

  const later = (ms: number): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      send();
    }, ms);
    timer.unref();
  };

  const send = (): void => {
    if (inFlight || gone) return;
    if (waiting === '') return;
    inFlight = Buffer.from(waiting, 'utf8');
    waiting = '';
    writeOn();
  };

  const writeOn = (): void => {
    const buffer = inFlight;
    if (!buffer) return;
    write(fileDescriptor, buffer, (error, written) => {
      if (inFlight !== buffer) return;
      if (error && error.code !== 'EAGAIN') {
        gone = true;
        inFlight = undefined;
        waiting = '';
        return;
      }
      const rest = buffer.subarray(error ? 0 : written);
      inFlight = rest.length > 0 ? rest : undefined;
      if (inFlight && error) setTimeout(writeOn, 20).unref();
      else if (inFlight) writeOn();
      else if (waiting.length > 0) later(delayMs);
    });
  };

  return {
    add(line) {
      if (gone || waiting.length + line.length > maxWaitingLength) {
        droppedLines += 1;
        return;
      }
      waiting += line;
      if (waiting.length >= batchLength) send();
      else if (!timer && !inFlight) later(delayMs);
    },
    flush() {
      const rest = Buffer.concat([inFlight ?? Buffer.alloc(0), Buffer.from(waiting, 'utf8')]);
      inFlight = undefined;
      waiting = '';
      let offset = 0;
      for (let tries = 0; offset < rest.length && tries < 50 && !gone; tries += 1) {
        try {
          offset += writeSync(fileDescriptor, rest, offset);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
        }
      }
    },
    dropped: () => droppedLines,
  };
};
