import { describe, expect, it } from '@jest/globals';
import { formatJson, formatText, type LogFields } from '@tripod/shared/logging/log-line';

const event = (message: string, fields: LogFields = {}) => ({
  timeMs: Date.UTC(2026, 0, 2, 3, 4, 5),
  level: 'info' as const,
  name: 'api-1',
  message,
  fields,
});

describe('JSON log lines', () => {
  it('hold one object on one line', () => {
    const line = formatJson(event('two\nlines', { status: 200 }));
    expect(line.endsWith('}\n')).toBe(true);
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(JSON.parse(line)).toEqual({
      time: '2026-01-02T03:04:05.000Z',
      level: 'info',
      name: 'api-1',
      message: 'two\nlines',
      status: 200,
    });
  });

  it('contain the message, code and cause of an error', () => {
    const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    const line = formatJson(event('failed', { error: new Error('no answer', { cause }) }));
    expect(JSON.parse(line)).toMatchObject({
      error: { message: 'no answer', cause: { message: 'refused', code: 'ECONNREFUSED' } },
    });
  });

  it('hold a bigint as text', () => {
    expect(JSON.parse(formatJson(event('x', { id: 12n })))).toMatchObject({ id: '12' });
  });

  it('replace a circular value instead of throwing', () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    expect(JSON.parse(formatJson(event('x', { circular })))).toMatchObject({
      message: 'x',
      fields: '(not JSON)',
    });
  });
});

describe('text log lines', () => {
  it('hold time, name, message and fields', () => {
    const line = formatText(event('GET /', { status: 200, skipped: undefined, list: [1, 'a'] }), {
      colour: false,
    });
    expect(line).toMatch(/^\d\d:\d\d:\d\d api-1 GET \/ status=200 list=\[1,"a"\]\n$/);
  });

  it('name the level unless it is info', () => {
    expect(formatText({ ...event('slow'), level: 'warn' }, { colour: false })).toMatch(/api-1 warn slow\n$/);
  });

  it('show an error with its cause on one line', () => {
    const error = new Error('no answer', { cause: new Error('refused') });
    expect(formatText(event('failed', { error }), { colour: false })).toMatch(
      /error=no answer \(refused\)\n$/,
    );
  });

  it('have colour codes only when colour is on', () => {
    expect(formatText(event('x'), { colour: false })).not.toContain('\u001b');
    expect(formatText(event('x'), { colour: true })).toContain('mapi-1\u001b[0m');
  });

  it.each([
    ['the message', event('a\u001b[2Jb\r\nc\u009b')],
    ['a field', event('x', { url: 'a\u001b[2Jb\r\nc\u009b' })],
    ['an error', event('x', { error: new Error('a\u001b[2Jb\r\nc\u009b') })],
  ])('replaces control characters in %s', (_where, one) => {
    expect(formatText(one, { colour: false })).toContain('a\ufffd[2Jb\ufffd\ufffdc\ufffd');
  });

  it('show a circular value as (not JSON) instead of throwing', () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    expect(formatText(event('x', { circular }), { colour: false })).toContain('circular=(not JSON)');
  });
});
