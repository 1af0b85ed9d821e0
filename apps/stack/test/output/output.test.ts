import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@tripod/testing/fake-clock';
import { createOutput, type OutputOptions } from '../../src/output/output.ts';
import { showLine } from '../../src/output/show-line.ts';
import { useTempFolders } from '../support/temp-folder.ts';

const makeFolder = useTempFolders();
const logLine =
  '{"time":"2026-01-01T10:00:00.000Z","level":"info","name":"api-1","message":"ready","port":8081}';
const text = { format: 'text', colour: false } as const;
const json = { format: 'json', colour: false } as const;

describe('a shown line', () => {
  it('has time, name, message and fields in columns on a terminal', () => {
    expect(showLine('api-1', logLine, 0, text)).toMatch(/^\d\d:00:00 api-1 +ready port=8081\n$/);
  });

  it('has a colour of its own for each name', () => {
    const colour = { format: 'text', colour: true } as const;
    const colourOf = (name: string) => showLine(name, 'x', 0, colour).split('\u001b[')[3]?.split('m')[0];
    expect(colourOf('api-1')).toMatch(/^\d+$/);
    expect(colourOf('api-1')).not.toBe(colourOf('api-2'));
  });

  it('is the log line itself in a pipe', () => {
    expect(showLine('api-1', logLine, 0, json)).toBe(`${logLine}\n`);
  });

  it.each(['port: 8082', '{ not json }x', '{"other":"json"'])(
    'that is no log line, %p, follows the name on a terminal and is an event in a pipe',
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
  ])('of Postgres, %p, has the time that Postgres wrote', (line, time, message) => {
    expect(JSON.parse(showLine('postgres', line, 0, json))).toMatchObject({ time, message });
  });

  it.each([
    ['proxy', 'proxy: This machine has no address 192.0.2.1.'],
    ['api-2', 'api-server: This machine has no address 192.0.2.1.'],
  ])('with the reason why %s cannot start is an error, without the name of the program', (name, line) => {
    const message = 'This machine has no address 192.0.2.1.';
    expect(JSON.parse(showLine(name, line, 0, json))).toMatchObject({ level: 'error', name, message });
    expect(showLine(name, line, 0, text)).toMatch(new RegExp(`${name} +error ${message}\n$`));
  });

  it('has no control characters', () => {
    expect(showLine('api-1', '\u001b[2Jgone', 0, text)).not.toContain('\u001b');
  });
});

describe('the output of a stack', () => {
  it('shows lines and events and writes them to a log file per process', () => {
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

  const requestLine = (name: string, fields = {}): string => {
    const facts = { status: 200, durationMs: 2, bytes: 3, requestId: 'id-123456', ...fields };
    return JSON.stringify({
      time: '2026-01-01T10:00:00.000Z',
      level: 'info',
      name,
      message: 'GET /api/a',
      ...facts,
    });
  };
  const collect = (options: Partial<OutputOptions> = {}) => {
    const shown: string[] = [];
    const sink = { add: (line: string) => void shown.push(line), flush: () => undefined, dropped: () => 0 };
    const logsDir = join(makeFolder(), 'logs');
    const output = createOutput({ logsDir, sink, clock: createFakeClock(), ...text, ...options });
    return { shown, output, logsDir };
  };

  it('shows a request with the name of the copy that answered', () => {
    const { shown, output } = collect({
      nameUpstream: (address) => (address === '127.0.0.1:8081' ? 'api-1' : address),
    });
    output.line('proxy', requestLine('proxy', { upstream: '127.0.0.1:8083, 127.0.0.1:8081' }));
    expect(shown).toEqual([
      expect.stringMatching(/ proxy +200 GET +\/api\/a +127\.0\.0\.1:8083, api-1 +2\.0 ms\n$/),
    ]);
  });

  it('writes hidden requests to the log file of their process only', () => {
    const { shown, output, logsDir } = collect({ showsRequestsOf: (name) => name === 'proxy' });
    output.line('api-1', requestLine('api-1'));
    output.accessLine('nginx', '127.0.0.1 - - "GET / HTTP/1.1" 200 1');
    output.line('api-1', logLine);
    output.line('proxy', requestLine('proxy'));
    output.close();
    expect(shown.map((line) => line.split(/ +/)[1])).toEqual(['api-1', 'proxy']);
    expect(readFileSync(join(logsDir, 'api-1.log'), 'utf8').split('\n')).toHaveLength(3);
    expect(readFileSync(join(logsDir, 'nginx.log'), 'utf8')).toContain('GET / HTTP/1.1');
  });
});
