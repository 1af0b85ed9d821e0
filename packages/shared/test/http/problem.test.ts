import { describe, expect, it } from '@jest/globals';
import { imageErrors } from '@tripod/api-server/images/image-errors';
import { AppError } from '@tripod/shared/errors/app-error';
import { httpErrors } from '@tripod/shared/http/http-errors';
import { prefersHtml, renderProblem, toAppError } from '@tripod/shared/http/problem';

const chrome = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8';
const firefox = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

describe('prefersHtml', () => {
  it.each<[string | undefined, boolean]>([
    [undefined, false],
    ['', false],
    ['*/*', false],
    ['application/json', false],
    ['application/json, text/plain, */*', false],
    ['text/html', true],
    ['TEXT/HTML', true],
    [chrome, true],
    [firefox, true],
    ['text/html;level=1;q=0.3, */*;q=0.2', true],
    ['text/html; q=0.9 , application/json ; q=0.8', true],
    ['application/json;q=0.5,text/html', true],
    ['text/html, application/json', false],
    ['text/html;q=0.5, application/json', false],
    ['text/html;q=0.9, application/problem+json', false],
    ['text/html;q=0.5, application/*', false],
    ['text/html;q=0', false],
    ['text/html;q=none', false],
    ['text/htmlx', false],
    ['image/*', false],
    [',,;;=,', false],
  ])('reads %j', (accept, html) => {
    expect(prefersHtml(accept)).toBe(html);
  });
});

describe('renderProblem', () => {
  const error = new AppError(imageErrors.API_IMAGE_INVALID, {
    detail: 'Two fields are wrong.',
    errors: [{ pointer: '#/url', detail: 'must be a URL' }],
    headers: { 'Retry-After': '1' },
  });

  it('is problem+json with the members of RFC 9457, the code, the request id and the wrong fields', () => {
    const { status, headers, body } = renderProblem(error, { requestId: 'request-1' });
    expect(status).toBe(400);
    expect(JSON.parse(body)).toEqual({
      type: 'urn:tripod:error:API_IMAGE_INVALID',
      title: 'The image is not valid',
      status: 400,
      detail: 'Two fields are wrong.',
      code: 'API_IMAGE_INVALID',
      requestId: 'request-1',
      errors: [{ pointer: '#/url', detail: 'must be a URL' }],
    });
    expect(headers).toEqual({
      'Content-Type': 'application/problem+json',
      'Content-Length': String(Buffer.byteLength(body)),
      'Cache-Control': 'no-store',
      Vary: 'Accept',
      'X-Content-Type-Options': 'nosniff',
      'X-Request-Id': 'request-1',
      'Retry-After': '1',
    });
  });

  it('leaves out detail and errors when there are none, and is compact', () => {
    const { body } = renderProblem(new AppError(httpErrors.NOT_FOUND), { requestId: 'r' });
    expect(body).toBe(
      '{"type":"urn:tripod:error:NOT_FOUND","title":"Nothing is here","status":404,"code":"NOT_FOUND","requestId":"r"}',
    );
  });

  it('indents when asked', () => {
    const { body } = renderProblem(new AppError(httpErrors.NOT_FOUND), { requestId: 'r', indent: 2 });
    expect(body).toContain('\n  "status": 404,\n');
  });

  it('counts bytes, not characters', () => {
    const { headers, body } = renderProblem(new AppError(httpErrors.NOT_FOUND, { detail: 'é€😀' }), {
      requestId: 'r',
    });
    expect(headers['Content-Length']).toBe(String(Buffer.byteLength(body)));
    expect(Number(headers['Content-Length'])).toBeGreaterThan(body.length);
  });

  it('is an HTML page without scripts for a browser, with the same facts', () => {
    const { headers, body } = renderProblem(error, { requestId: 'request-1', accept: chrome });
    expect(headers['Content-Type']).toBe('text/html; charset=utf-8');
    expect(headers['Content-Security-Policy']).toBe("default-src 'none'; style-src 'unsafe-inline'");
    for (const fact of [
      '400',
      'The image is not valid',
      'Two fields are wrong.',
      'API_IMAGE_INVALID',
      'request-1',
    ]) {
      expect(body).toContain(fact);
    }
    expect(body).toContain('<code>#/url</code> must be a URL');
  });
});

describe('toAppError', () => {
  it('leaves an AppError as it is', () => {
    const error = new AppError(httpErrors.NOT_FOUND);
    expect(toAppError(error)).toBe(error);
  });

  it.each([[new Error('password=hunter2')], ['a text'], [undefined], [null], [{ status: 404 }]])(
    'makes INTERNAL_ERROR of %p, saying nothing of the inside',
    (thrown) => {
      const error = toAppError(thrown);
      expect(error.code).toBe('INTERNAL_ERROR');
      expect(renderProblem(error, { requestId: 'r' }).body).not.toMatch(/hunter2|a text/);
    },
  );
});
