import { describe, expect, it } from '@jest/globals';
import { formatRequestText } from '@tripod/shared/logging/request-text';

const request = {
  timeMs: new Date(2026, 0, 2, 10, 20, 30).getTime(),
  name: 'proxy',
  method: 'GET',
  url: '/api/images.json',
  status: 200,
  durationMs: 2.4149,
  upstream: 'api-2',
};
const plain = { colour: false };

describe('request lines on a terminal', () => {
  it('show time of day, name, status, method, path, upstream and duration in aligned columns', () => {
    const style = { colour: false, nameWidth: 13 };
    const lines = [
      formatRequestText(request, style),
      formatRequestText({ ...request, method: 'POST', status: 503, url: '/', durationMs: 12_345 }, style),
    ];
    expect(lines).toEqual([
      '10:20:30 proxy         200 GET  /api/images.json         api-2            2.4 ms\n',
      '10:20:30 proxy         503 POST /                        api-2            12.3 s\n',
    ]);
  });

  it('leave the upstream column out when a server logs its own request', () => {
    const { upstream: _none, ...own } = request;
    expect(formatRequestText(own, plain)).toMatch(/ 200 GET {2}\/api\/images\.json {11}2\.4 ms\n$/);
  });

  it.each(['/path'.repeat(100), `/${'🦊'.repeat(100)}`])(
    'fit 100 columns by cutting the middle of %p',
    (url) => {
      const line = formatRequestText({ ...request, url, code: 'API_DATABASE_UNAVAILABLE' }, plain);
      expect(Array.from(line.trimEnd())).toHaveLength(100);
      expect(line).toContain('…');
      expect(line).toMatch(/ API_DATABASE_UNAVAILABLE api-2 /);
    },
  );

  it('fit 100 columns when every field is too long', () => {
    const long = 'x'.repeat(300);
    const all = { ...request, name: long, method: long, url: long, upstream: long, code: long };
    expect(formatRequestText(all, { colour: false, nameWidth: 13 }).trimEnd().length).toBeLessThanOrEqual(
      100,
    );
  });

  it.each([
    [204, '204'],
    [304, '304'],
    [404, '\u001b[33m404\u001b[0m'],
    [502, '\u001b[31m502\u001b[0m'],
  ])('show status %d plain below 400, yellow from 400 and red from 500', (status, shown) => {
    expect(formatRequestText({ ...request, status }, { colour: true })).toContain(` ${shown} GET`);
  });

  it('replace control characters in the method and in the path', () => {
    const line = formatRequestText({ ...request, method: 'G\u001bT', url: '/\u001b[2J\r\n' }, plain);
    expect(line).toContain('G\ufffdT  /\ufffd[2J\ufffd\ufffd');
  });
});
