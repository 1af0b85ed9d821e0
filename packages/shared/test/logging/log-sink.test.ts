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
  /** Not the event 'close', which waits for a stdout that nobody may be reading. */
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

describe('createLogSink', () => {
  it('writes nothing twice when it is flushed right after a full batch', () => {
    const file = join(folder, 'log');
    const descriptor = openSync(file, 'a');
    const sink = createLogSink(descriptor, { batchLength: 10 });
    for (const number of upTo(5)) sink.add(`${number} a line\n`);
    sink.flush();
    sink.flush();
    closeSync(descriptor);
    expect(numbersIn(readFileSync(file, 'utf8'))).toEqual(upTo(5));
  });

  it('keeps lines together until the delay is over, then writes them without being asked', async () => {
    const file = join(folder, 'log');
    const descriptor = openSync(file, 'a');
    const sink = createLogSink(descriptor, { delayMs: 1 });
    sink.add('one\n');
    sink.add('two\n');
    expect(readFileSync(file, 'utf8')).toBe('');
    await waitFor('the lines', () => readFileSync(file, 'utf8') === 'one\ntwo\n');
    closeSync(descriptor);
  });

  it('counts lines beyond the limit and does not write them', () => {
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

  it('never throws when the descriptor can not be written, and counts what is lost from then on', () => {
    const descriptor = openSync('/dev/null', 'r');
    const sink = createLogSink(descriptor, { batchLength: 1 });
    sink.add('lost\n');
    sink.add('counted\n');
    sink.flush();
    closeSync(descriptor);
    expect(sink.dropped()).toBe(1);
  });

  it('brings 3 MB through a pipe whose reader starts late, complete and in order', async () => {
    const { child, exited, gathered, errors, dropped } = startWriter('30000', '100', 'stay');
    // All lines were added while no one was reading: adding did not wait.
    await waitFor('the lines to be added', () => errors().includes('added'));
    const text = gathered();
    child.stdin?.write('go on\n');
    expect(numbersIn(await text)).toEqual(upTo(30_000));
    expect(await exited).toBe(0);
    expect(dropped()).toBe(0);
  });

  it('drops what goes beyond 4 MiB for a reader that sleeps, and still ends', async () => {
    const { exited, errors, dropped } = startWriter('100000', '100');
    await waitFor('the lines to be added', () => errors().includes('added'));
    // Nobody reads: the process ends all the same, after the half second that a flush may take.
    expect(await exited).toBe(0);
    expect(dropped()).toBeGreaterThan(50_000);
    expect(dropped()).toBeLessThan(100_000);
  });

  it('lives on when its reader goes away', async () => {
    const { child, exited, errors } = startWriter('30000', '100', 'stay');
    await waitFor('the lines to be added', () => errors().includes('added'));
    child.stdout?.destroy();
    child.stdin?.write('go on\n');
    expect(await exited).toBe(0);
    expect(errors()).toContain('dropped 0');
  });
});
