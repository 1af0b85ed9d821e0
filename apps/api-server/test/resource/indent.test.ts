import { describe, expect, it } from '@jest/globals';
import { indentOf, parseIndent } from '../../src/resource/indent.ts';

describe('parseIndent', () => {
  it('is 0 by default', () => {
    expect(parseIndent(new URLSearchParams())).toBe(0);
  });

  it.each(Array.from({ length: 11 }, (_, indent) => indent))('reads %i', (indent) => {
    expect(parseIndent(new URLSearchParams(`indent=${indent}`))).toBe(indent);
    expect(indentOf(`/images.json?indent=${indent}`)).toBe(indent);
  });

  it.each([
    '11',
    '-1',
    '+3',
    '%2B3',
    '3.0',
    '1e1',
    '0x3',
    '03',
    '',
    ' 3',
    '3%20',
    'two',
    '1e9',
    '3&indent=3',
    '٣',
  ])('refuses indent=%s', (indent) => {
    expect(() => parseIndent(new URLSearchParams(`indent=${indent}`))).toThrow(
      expect.objectContaining({ code: 'API_INDENT_INVALID' }),
    );
    expect(indentOf(`/images.json?indent=${indent}`)).toBe(0);
  });
});
