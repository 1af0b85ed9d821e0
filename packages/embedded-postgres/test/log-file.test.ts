import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { boundLog, logSize, openLog, summarizeLog, writeLogLine } from '../src/log-file.ts';

describe('the log file', () => {
  let folder: string;
  let log: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tripod-log-'));
    log = join(folder, 'postgres.log');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is not rotated up to its size limit', () => {
    writeFileSync(log, '12345');
    boundLog(log, 5);
    expect(readdirSync(folder)).toEqual(['postgres.log']);
  });

  it('is rotated above its size limit, and one old file is kept', () => {
    writeFileSync(log, 'first');
    boundLog(log, 4);
    writeFileSync(log, 'second', { flag: 'a' });
    boundLog(log, 4);
    expect(readdirSync(folder).sort()).toEqual(['postgres.log', 'postgres.log.1']);
    expect(readFileSync(`${log}.1`, 'utf8')).toBe('second');
    expect(logSize(log)).toBe(0);
  });

  it.each([
    ['a folder', (path: string) => mkdirSync(path)],
    ['a named pipe', (path: string) => execFileSync('mkfifo', [path])],
  ])('is opened after %s in its place was renamed', (_what, create) => {
    create(log);
    const descriptor = openLog(log);
    writeLogLine('line', descriptor);
    closeSync(descriptor);
    expect(readFileSync(log, 'utf8')).toBe('line\n');
    expect(readdirSync(folder).sort()).toEqual(['postgres.log', 'postgres.log.damaged']);
  });

  it('on a full disk loses lines and nothing else', () => {
    const full = openSync('/dev/full', 'w');
    expect(() => writeLogLine('lost', full)).not.toThrow();
    closeSync(full);
  });

  it('may be missing', () => {
    boundLog(log, 0);
    expect(logSize(log)).toBe(0);
  });

  it.each([
    ['the last errors', '[1] LOG:  a\n[1] FATAL:  no\n[1] LOG:  b\n', 'FATAL:  no'],
    ['the last lines when there is no error', '[1] LOG:  a\n[1] LOG:  b\n[1] LOG:  c\n', 'LOG:  b; LOG:  c'],
    [
      'no answer to a client',
      '[1] FATAL:  no\n[2] FATAL:  the database system is starting up\n',
      'FATAL:  no',
    ],
    ['an error of Node', 'x\nTypeError: y\n    at z\n', 'TypeError: y'],
    ['a note that it is empty', '', 'its log is empty'],
  ])('is summarized by %s', (_what, text, summary) => {
    const before = '2026-01-01 [9] FATAL:  of an earlier start\n';
    writeFileSync(log, before + text);
    expect(summarizeLog(log, Buffer.byteLength(before))).toBe(summary);
  });

  it('is summarized in at most 300 characters', () => {
    writeFileSync(log, `ERROR: ${'x'.repeat(10_000)}`);
    expect(summarizeLog(log, 0)).toHaveLength(300);
  });
});
