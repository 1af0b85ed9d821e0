import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@tripod/testing/fake-clock';
import { openLogFile } from '../../src/output/log-file.ts';
import { createOutput } from '../../src/output/output.ts';
import { showLine } from '../../src/output/show-line.ts';
import { createLineSplitter } from '../../src/output/split-lines.ts';
import { useTempFolders } from '../support/temp-folder.ts';

const makeFolder = useTempFolders();
const logLine =
  '{"time":"2026-01-01T10:00:00.000Z","level":"info","name":"api-1","message":"ready","port":8081}';
const text = { format: 'text', colour: false } as const;
const json = { format: 'json', colour: false } as const;

describe('showLine', () => {
  it('shows a log line in short on a terminal', () => {
    expect(showLine('api-1', logLine, 0, text)).toMatch(/^\d\d:00:00 api-1 +ready port=8081\n$/);
  });

  it('gives each name its colour', () => {
    const colour = { format: 'text', colour: true } as const;
    const nameOf = (name: string) => showLine(name, 'x', 0, colour).split('m').slice(0, 6).join('m');
    expect(nameOf('api-1')).not.toBe(nameOf('api-2'));
  });

  it('passes a log line on as it is in a pipe', () => {
    expect(showLine('api-1', logLine, 0, json)).toBe(`${logLine}\n`);
  });

  it.each(['port: 8082', '{ not json }x', '{"other":"json"'])(
    'puts a line that is none, as %p, behind the name on a terminal and into an event in a pipe',
    (line) => {
      expect(showLine('static-server', line, 0, text)).toMatch(
        new RegExp(`static-server ${line.replace(/[{}]/g, '.')}\n$`),
      );
      expect(JSON.parse(showLine('static-server', line, 0, json))).toEqual({
        time: '1970-01-01T00:00:00.000Z',
        level: 'info',
        name: 'static-server',
        message: line,
      });
    },
  );

  it.each([
    ['2026-01-01 10:00:00.250 UTC [7] LOG:  ready', '2026-01-01T10:00:00.250Z', '[7] LOG:  ready'],
    [
      '2026-13-01 10:00:00.250 UTC [7] odd',
      '1970-01-01T00:00:00.000Z',
      '2026-13-01 10:00:00.250 UTC [7] odd',
    ],
  ])('takes the time of a line of Postgres, %p, from itself', (line, time, message) => {
    expect(JSON.parse(showLine('postgres', line, 0, json))).toMatchObject({ time, message });
  });

  it.each([
    ['proxy', 'proxy: This machine has no address 192.0.2.1.'],
    ['api-2', 'api-server: This machine has no address 192.0.2.1.'],
  ])('shows why %s can not start as an error, with its name once', (name, line) => {
    const message = 'This machine has no address 192.0.2.1.';
    expect(JSON.parse(showLine(name, line, 0, json))).toMatchObject({ level: 'error', name, message });
    expect(showLine(name, line, 0, text)).toMatch(new RegExp(`${name} +error ${message}\n$`));
  });

  it('lets no line draw on the terminal', () => {
    expect(showLine('api-1', '\u001b[2Jgone', 0, text)).not.toContain('\u001b');
  });
});

describe('createLineSplitter', () => {
  it('puts lines together from any pieces', () => {
    const lines: string[] = [];
    const splitter = createLineSplitter((line) => void lines.push(line));
    for (const piece of ['on', 'e\ntw', 'o\r\n\nthr', 'ee']) splitter.add(piece);
    splitter.end();
    expect(lines).toEqual(['one', 'two', '', 'three']);
  });

  it('cuts a line that does not end', () => {
    const lines: string[] = [];
    const splitter = createLineSplitter((line) => void lines.push(line));
    splitter.add('x'.repeat(70_000));
    expect(lines).toHaveLength(1);
  });
});

describe('openLogFile', () => {
  const flushAtOnce = (flush: () => void): void => queueMicrotask(flush);

  it('adds to what is there', () => {
    const path = join(makeFolder(), 'a.log');
    writeFileSync(path, 'old\n');
    const file = openLogFile(path, { flushSoon: flushAtOnce });
    file.add('new');
    file.close();
    expect(readFileSync(path, 'utf8')).toBe('old\nnew\n');
  });

  it('begins anew before it grows too long, and keeps the one before', () => {
    const path = join(makeFolder(), 'a.log');
    const file = openLogFile(path, { flushSoon: () => undefined, maxBytes: 10, batchLength: 1 });
    for (const line of ['12345', '67', 'new', 'newer']) file.add(line);
    file.close();
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('12345\n67\n');
    expect(readFileSync(path, 'utf8')).toBe('new\nnewer\n');
  });

  it('takes lines after its end without a word', () => {
    const file = openLogFile(join(makeFolder(), 'a.log'), { flushSoon: flushAtOnce });
    file.close();
    expect(() => file.add('late')).not.toThrow();
  });
});

describe('createOutput', () => {
  it('shows lines and events, and keeps them by name', () => {
    const logsDir = join(makeFolder(), 'logs');
    const shown: string[] = [];
    const sink = { add: (line: string) => void shown.push(line), flush: () => undefined, dropped: () => 0 };
    const clock = createFakeClock();
    const output = createOutput({ logsDir, sink, clock, ...json });
    output.line('api-1', logLine);
    output.event('warn', 'api-1 died', { code: 1 });
    clock.advance(200);
    expect(readFileSync(join(logsDir, 'api-1.log'), 'utf8')).toBe(`${logLine}\n`);
    expect(JSON.parse(readFileSync(join(logsDir, 'stack.log'), 'utf8'))).toMatchObject({
      level: 'warn',
      name: 'stack',
      message: 'api-1 died',
      code: 1,
    });
    expect(shown.map((line) => JSON.parse(line).name)).toEqual(['api-1', 'stack']);
    output.close();
  });
});
