import { describe, expect, it } from '@jest/globals';
import { createLogger, silentLogger } from '@tripod/shared/logging/logger';

const loggerWith = (format: 'json' | 'text') => {
  const lines: string[] = [];
  const sink = { add: (line: string) => void lines.push(line), flush: () => undefined, dropped: () => 7 };
  return { lines, logger: createLogger({ name: 'proxy', sink, format, now: () => 0 }) };
};

describe('a logger', () => {
  it('writes one line per request, with the duration rounded to hundredths', () => {
    const { lines, logger } = loggerWith('json');
    const line = {
      method: 'GET',
      url: '/a?b',
      status: 200,
      bytes: 370,
      durationMs: 1.23456,
      requestId: 'id-1',
    };
    logger.request(line);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      time: '1970-01-01T00:00:00.000Z',
      level: 'info',
      name: 'proxy',
      message: 'GET /a?b',
      status: 200,
      durationMs: 1.23,
      bytes: 370,
      requestId: 'id-1',
    });
  });

  it.each(['info', 'warn', 'error'] as const)('writes events of level %s', (level) => {
    const { lines, logger } = loggerWith('json');
    logger[level]('something happened', { port: 1 });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level, message: 'something happened', port: 1 });
  });

  it('writes text without colour codes by default', () => {
    const { lines, logger } = loggerWith('text');
    logger.warn('slow');
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d proxy warn slow\n$/);
  });

  it('writes events to their own sink in the combined format', () => {
    const requests: string[] = [];
    const events: string[] = [];
    const sinkOf = (lines: string[]) => ({
      add: (line: string) => void lines.push(line),
      flush: () => undefined,
      dropped: () => 2,
    });
    const logger = createLogger({
      name: 'proxy',
      sink: sinkOf(requests),
      eventSink: sinkOf(events),
      format: 'combined',
      now: () => 0,
    });
    logger.info('something happened');
    logger.request({ method: 'GET', url: '/', status: 200, bytes: 0, durationMs: 1, requestId: 'id-1' });
    expect(events).toHaveLength(1);
    expect(requests).toHaveLength(1);
    expect(logger.dropped()).toBe(4);
  });

  it('reports how many lines the sink dropped', () => {
    expect(loggerWith('json').logger.dropped()).toBe(7);
  });
});

describe('the silent logger', () => {
  it('discards everything and counts no dropped lines', () => {
    silentLogger.error('x');
    silentLogger.flush();
    expect(silentLogger.dropped()).toBe(0);
  });
});
