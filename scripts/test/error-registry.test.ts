import { STATUS_CODES } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { AppError } from '@tripod/shared/errors/app-error';
import { renderProblem } from '@tripod/shared/http/problem';
import { allErrors, errorSections } from '../error-registry.ts';

const entries = allErrors.map((definition) => [definition.code, definition] as const);

describe('the error registry', () => {
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
    '%s has a short title that begins with a capital and has no full stop',
    (_code, { title }) => {
      expect(title).toMatch(/^[A-Z][^\n]{5,59}[^.\s]$/);
    },
  );

  it.each(entries)('%s is explained in a sentence that fits one table cell', (_code, { meaning }) => {
    expect(meaning).toMatch(/^[^|\n]{20,}\.$/);
  });

  it('prefixes each code with its service, except those that every server answers with', () => {
    const shared = entries
      .map(([code]) => code)
      .filter((code) => !/^(API|STATIC|PROXY|ADMIN|ROOM)_/.test(code));
    expect(shared).toEqual(Object.values(errorSections['Every server'] ?? []).flatMap(Object.keys));
  });

  it('gives no two codes of one service the same status and title', () => {
    const facts = entries.map(([code, { status, title }]) => `${code.split('_')[0]} ${status} ${title}`);
    expect(new Set(facts).size).toBe(entries.length);
  });

  it.each(entries)('%s renders as JSON and as a page', (code, definition) => {
    const { status, title } = definition;
    const json = renderProblem(new AppError(definition), { requestId: 'r' });
    expect(JSON.parse(json.body)).toMatchObject({ status, title, code });
    const page = renderProblem(new AppError(definition), { requestId: 'r', accept: 'text/html' });
    expect(page.status).toBe(status);
    expect(page.body).toContain(`<title>${status} `);
  });
});
