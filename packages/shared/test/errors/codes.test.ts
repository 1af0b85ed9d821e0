import { STATUS_CODES } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { errorCodes } from '@tripod/shared/errors/codes';

const entries = Object.entries(errorCodes);

describe('errorCodes', () => {
  it('holds enough entries for the checks below to mean something', () => {
    expect(entries.length).toBeGreaterThan(20);
  });

  it.each(entries)(
    '%s is spelled in capitals and has an error status that HTTP knows',
    (code, { status }) => {
      expect(code).toMatch(/^[A-Z]+(_[A-Z]+)+$/);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(600);
      expect(STATUS_CODES[status]).toBeDefined();
    },
  );

  it.each(entries)(
    '%s has a short title that begins with a capital and does not end with a full stop',
    (_code, { title }) => {
      expect(title).toMatch(/^[A-Z][^\n]{5,59}[^.\s]$/);
    },
  );

  it('prefixes each code with its service, but for the few that every server answers with', () => {
    const shared = entries.map(([code]) => code).filter((code) => !/^(API|STATIC|PROXY|ADMIN)_/.test(code));
    expect(shared).toEqual([
      'NOT_FOUND',
      'METHOD_NOT_ALLOWED',
      'REQUEST_INVALID',
      'REQUEST_TIMEOUT',
      'REQUEST_HEAD_TOO_LARGE',
      'EXPECTATION_FAILED',
      'INTERNAL_ERROR',
    ]);
  });

  it('gives each code its own name within its service: no two share code, status and title', () => {
    const facts = entries.map(([code, { status, title }]) => `${code.split('_')[0]} ${status} ${title}`);
    expect(new Set(facts).size).toBe(entries.length);
  });
});
