import { describe, expect, it } from '@jest/globals';
import {
  createCombinedRequestFormat,
  createJsonRequestFormat,
  formatMs,
} from '@tripod/shared/logging/request-line';
import fc from 'fast-check';

const line = {
  method: 'GET',
  url: '/api/images.json?limit=2',
  status: 200,
  bytes: 370,
  durationMs: 2.4149,
  requestId: 'request-1',
};

const tried = {
  ...line,
  client: '10.0.0.1',
  protocol: 'HTTP/1.0',
  upstream: '127.0.0.1:8081, 127.0.0.1:8083',
  upstreamStatus: 'refused, 200',
  upstreamMs: '0.4, 2',
  tries: 2,
};

/** 2026-11-21T06:07:08.090Z */
const timeMs = Date.UTC(2026, 10, 21, 6, 7, 8, 90);

describe('formatMs', () => {
  it.each([
    [0, '0'],
    [17, '17'],
    [2.4, '2.4'],
    [2.4149, '2.41'],
    [0.05, '0.05'],
    [1.999, '2'],
    [30_000.126, '30000.13'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatMs(ms)).toBe(text);
  });

  it('equals the number rounded to hundredths', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e7, noNaN: true }), (ms) => {
        expect(Number(formatMs(ms))).toBe(Math.round(ms * 100) / 100);
      }),
    );
  });
});

describe('JSON request lines', () => {
  it('hold one object a line, without fields that are unknown', () => {
    const text = createJsonRequestFormat('proxy')(line, timeMs);
    expect(text.endsWith('}\n')).toBe(true);
    expect(JSON.parse(text)).toEqual({
      time: '2026-11-21T06:07:08.090Z',
      level: 'info',
      name: 'proxy',
      message: 'GET /api/images.json?limit=2',
      status: 200,
      durationMs: 2.41,
      bytes: 370,
      requestId: 'request-1',
    });
  });

  it('name every upstream that was tried, and the error code', () => {
    const facts = JSON.parse(createJsonRequestFormat('proxy')({ ...tried, code: 'NOT_FOUND' }, timeMs));
    expect(facts).toMatchObject({
      code: 'NOT_FOUND',
      client: '10.0.0.1',
      upstream: '127.0.0.1:8081, 127.0.0.1:8083',
      upstreamStatus: 'refused, 200',
      upstreamMs: '0.4, 2',
      tries: 2,
    });
  });

  it('stay JSON on one line for any request target', () => {
    const format = createJsonRequestFormat('proxy "1"');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (url) => {
        const text = format({ ...line, url }, timeMs);
        expect(text.indexOf('\n')).toBe(text.length - 1);
        const parsed = JSON.parse(text) as { message: string };
        expect(parsed.message).toBe(`GET ${url}`);
      }),
    );
  });

  it('carry the time of each request', () => {
    const format = createJsonRequestFormat('proxy');
    const times = [timeMs, timeMs, timeMs + 1].map((ms) => JSON.parse(format(line, ms)).time.slice(-5));
    expect(times).toEqual(['.090Z', '.090Z', '.091Z']);
  });
});

describe('combined request lines', () => {
  it('follow the combined log format, with the tries appended', () => {
    const text = createCombinedRequestFormat()(
      { ...tried, userAgent: 'curl/8', referer: 'http://a/' },
      timeMs,
    );
    expect(text).toBe(
      '10.0.0.1 - - [21/Nov/2026:06:07:08 +0000] "GET /api/images.json?limit=2 HTTP/1.0" 200 370 "http://a/" "curl/8" ' +
        'rt=0.002 ua="127.0.0.1:8081, 127.0.0.1:8083" us="refused, 200" ut="0.000, 0.002" id=request-1\n',
    );
  });

  it('have a dash for each unknown field', () => {
    expect(createCombinedRequestFormat()(line, timeMs)).toMatch(
      /^- - - \[.*\] "GET .*" 200 370 "-" "-" rt=0\.002 id=/,
    );
  });

  it('escape quotes, backslashes and control characters of headers', () => {
    const text = createCombinedRequestFormat()({ ...line, userAgent: 'a" 200 "\\\n\u001b[2J' }, timeMs);
    expect(text).toContain('"a\\x22 200 \\x22\\x5C\\x0A\\x1B[2J"');
    expect(text).not.toContain('\u001b');
    expect(text.indexOf('\n')).toBe(text.length - 1);
  });
});
