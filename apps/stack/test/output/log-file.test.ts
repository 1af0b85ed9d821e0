import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createLogFile, type LogFileOptions } from '../../src/output/log-file.ts';
import { useTempFolders } from '../support/temp-folder.ts';

const makeFolder = useTempFolders();

/** A log file that is written with each line. */
const open = (path: string, options: Partial<LogFileOptions> = {}) => {
  const problems: string[] = [];
  const onProblem = (sentence: string): void => void problems.push(sentence);
  const file = createLogFile(path, { flushSoon: () => undefined, batchLength: 1, onProblem, ...options });
  return { file, problems };
};

describe('a log file of the stack', () => {
  it('is appended to', () => {
    const path = join(makeFolder(), 'a.log');
    writeFileSync(path, 'old\n');
    const { file } = open(path, { flushSoon: (flush) => queueMicrotask(flush), batchLength: 100 });
    file.add('new');
    file.close();
    expect(readFileSync(path, 'utf8')).toBe('old\nnew\n');
  });

  it('is replaced before it grows too long, and the previous one is kept', () => {
    const path = join(makeFolder(), 'a.log');
    const { file } = open(path, { maxBytes: 10 });
    for (const line of ['12345', '67', 'new', 'newer']) file.add(line);
    file.close();
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('12345\n67\n');
    expect(readFileSync(path, 'utf8')).toBe('new\nnewer\n');
  });

  it('is emptied when the previous one cannot be replaced, so that it stays below its limit', () => {
    const path = join(makeFolder(), 'a.log');
    mkdirSync(`${path}.1`);
    const { file, problems } = open(path, { maxBytes: 10 });
    for (const line of ['12345', '67890', 'new']) file.add(line);
    file.close();
    expect(readFileSync(path, 'utf8')).toBe('67890\nnew\n');
    expect(problems).toEqual([]);
  });

  it('ignores lines after it was closed', () => {
    const path = join(makeFolder(), 'a.log');
    const { file } = open(path);
    file.close();
    file.add('late');
    expect(readdirSync(join(path, '..'))).toEqual([]);
  });

  it.each(['the file', 'its folder'])('is created again when %s was removed', (what) => {
    const folder = join(makeFolder(), 'logs');
    const path = join(folder, 'a.log');
    const { file } = open(path);
    file.add('first');
    rmSync(what === 'the file' ? path : folder, { recursive: true });
    file.add('second');
    file.close();
    expect(readFileSync(path, 'utf8')).toBe('second\n');
  });

  it.each([
    ['a folder', (path: string) => mkdirSync(path)],
    ['a named pipe', (path: string) => execFileSync('mkfifo', [path])],
    ['a device', (path: string) => symlinkSync('/dev/full', path)],
  ])('renames %s that has its name, and says so once', (_what, create) => {
    const path = join(makeFolder(), 'a.log');
    create(path);
    const { file, problems } = open(path);
    for (const line of ['one', 'two']) file.add(line);
    file.close();
    expect(problems).toEqual([`The log ${path} is no file and was renamed to ${path}.damaged.`]);
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
  });

  it('says once that it cannot be opened, and goes on when it can again', () => {
    const folder = join(makeFolder(), 'logs');
    writeFileSync(folder, '');
    const { file, problems } = open(join(folder, 'a.log'));
    for (const line of ['lost', 'lost too']) file.add(line);
    renameSync(folder, `${folder}.away`);
    file.add('kept');
    file.close();
    expect(problems).toEqual([
      expect.stringMatching(/The log .*a\.log can't be written \(E\w+\); its lines are lost until it can\.$/),
    ]);
    expect(readFileSync(join(folder, 'a.log'), 'utf8')).toBe('kept\n');
  });
});
