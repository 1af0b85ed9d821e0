import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogSink } from '@tripod/shared/logging/log-sink';
import { waitFor } from '@tripod/testing/wait-for';

const writer = join(import.meta.dirname, '../support/write-log-lines.ts');

let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tripod-log-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

const startWriter = (...args: readonly string[]) => {
  const child = spawn(process.execPath, [writer, ...args]);
  children.push(child);
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    errors += piece;
  });
  const errorsRead = once(child.stderr, 'end');
  /** 'exit' and not 'close', which waits for stdout to be read. */
  const exited = once(child, 'exit').then(async ([code]) => {
    await errorsRead;
    return code as number | null;
  });
  const gathered = async (): Promise<string> => {
    let text = '';
    for await (const piece of child.stdout.setEncoding('utf8')) text += piece as string;
    return text;
  };
  return {
    child,
    exited,
    gathered,
    errors: () => errors,
    dropped: () => Number(/dropped (\d+)/.exec(errors)?.[1]),
  };
};

const numbersIn = (text: string): readonly number[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Number.parseInt(line, 10));

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

describe('a log sink', () => {
  it('writes each line once when it is flushed right after a full batch', () => {
    const file = join(folder, 'log');
    const descriptor = openSync(file, 'a');
    const sink = createLogSink(descriptor, { batchLength: 10 });
    for (const number of upTo(5)) sink.add(`${number} a line\n`);
    sink.flush();
    sink.flush();
    closeSync(descriptor);
    expect(numbersIn(readFileSync(file, 'utf8'))).toEqual(upTo(5));
  });

  it('buffers lines until the delay is over, then writes them', async () => {
    const file = join(folder, 'log');
    const descriptor = openSync(file, 'a');
    const sink = createLogSink(descriptor, { delayMs: 1 });
    sink.add('one\n');
    sink.add('two\n');
    expect(readFileSync(file, 'utf8')).toBe('');
    await waitFor('the lines', () => readFileSync(file, 'utf8') === 'one\ntwo\n');
    closeSync(descriptor);
  });

  it('drops and counts lines beyond its limit', () => {
    const file = join(folder, 'log');
    const descriptor = openSync(file, 'a');
    const sink = createLogSink(descriptor, { maxWaitingLength: 10 });
    sink.add('12345678\n');
    sink.add('xx\n');
    expect(sink.dropped()).toBe(1);
    sink.flush();
    closeSync(descriptor);
    expect(readFileSync(file, 'utf8')).toBe('12345678\n');
  });

  it('does not throw when the descriptor is not writable, and counts the lines that follow', () => {
    const descriptor = openSync('/dev/null', 'r');
    const sink = createLogSink(descriptor, { batchLength: 1 });
    sink.add('lost\n');
    sink.add('counted\n');
    sink.flush();
    closeSync(descriptor);
    expect(sink.dropped()).toBe(1);
  });

  it('delivers 3 MB complete and in order to a reader that starts late', async () => {
    const { child, exited, gathered, errors, dropped } = startWriter('30000', '100', 'stay');
    // All lines were added before the reader started: adding does not block.
    await waitFor('the lines to be added', () => errors().includes('added'));
    const text = gathered();
    child.stdin?.write('go on\n');
    expect(numbersIn(await text)).toEqual(upTo(30_000));
    expect(await exited).toBe(0);
    expect(dropped()).toBe(0);
  });

  it('drops lines beyond 4 MiB when nothing reads the pipe, and lets the process exit', async () => {
    const { exited, errors, dropped } = startWriter('100000', '100');
    await waitFor('the lines to be added', () => errors().includes('added'));
    // Without a reader the process exits after the half second that a flush may take.
    expect(await exited).toBe(0);
    expect(dropped()).toBeGreaterThan(50_000);
    expect(dropped()).toBeLessThan(100_000);
  });

  it('lets the process go on when the reader closes the pipe', async () => {
    const { child, exited, errors } = startWriter('30000', '100', 'stay');
    await waitFor('the lines to be added', () => errors().includes('added'));
    child.stdout?.destroy();
    child.stdin?.write('go on\n');
    expect(await exited).toBe(0);
    expect(errors()).toContain('dropped 0');
  });

  it('drops what does not fit on a full disk, and goes on when there is room again', () => {
    let isFull = true;
    const written: string[] = [];
    const sink = createLogSink(1, {
      write: (_descriptor, bytes) => {
        if (isFull) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
        written.push(new TextDecoder().decode(bytes));
        return bytes.length;
      },
    });
    for (const line of ['lost\n', 'lost too\n']) sink.add(line);
    sink.flush();
    isFull = false;
    sink.add('kept\n');
    sink.flush();
    expect([written, sink.dropped()]).toEqual([['kept\n'], 2]);
  });
});
