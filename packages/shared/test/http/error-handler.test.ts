import { afterEach, describe, expect, it } from '@jest/globals';
import { requestErrors } from '@tripod/api-server/resource/request-errors';
import { databaseErrors } from '@tripod/database/error-table';
import { AppError } from '@tripod/shared/errors/app-error';
import { errorHandler } from '@tripod/shared/http/error-handler';
import { methodNotAllowed, notFound } from '@tripod/shared/http/not-found';
import { observeRequests } from '@tripod/shared/http/observe-requests';
import type { Logger } from '@tripod/shared/logging/logger';
import { silentLogger } from '@tripod/shared/logging/logger';
import { RequestMetrics } from '@tripod/shared/metrics/request-metrics';
import express from 'express';
import { systemClock } from '../../src/async/clock.ts';
import { serve } from '../support/serve.ts';

let running: Awaited<ReturnType<typeof serve>> | undefined;
afterEach(async () => {
  await running?.cut();
  running = undefined;
});

type Logged = { readonly message: string; readonly fields: Readonly<Record<string, unknown>> | undefined };

const start = async () => {
  const errors: Logged[] = [];
  const logger: Logger = {
    ...silentLogger,
    error: (message, fields) => void errors.push({ message, fields }),
  };
  const app = express();
  app.use(observeRequests({ logger, metrics: new RequestMetrics(), clock: systemClock }));
  app.get('/throws', () => {
    throw new Error('the password is hunter2');
  });
  app.get('/rejects', () => Promise.reject(new Error('the password is hunter2')));
  app.get('/away', () => {
    const headers = { 'Retry-After': '1' };
    throw new AppError(databaseErrors.API_DATABASE_UNAVAILABLE, { headers, cause: new Error('refused') });
  });
  app.get('/library', () => {
    throw Object.assign(new Error('too big'), { type: 'entity.too.large' });
  });
  app.all('/images', methodNotAllowed(['GET', 'HEAD']));
  app.use(notFound());
  app.use(
    errorHandler({
      logger,
      indentOf: (request) => (request.url === '/indented' ? 2 : 0),
      translate: (error) =>
        (error as { type?: string }).type === 'entity.too.large'
          ? new AppError(requestErrors.API_BODY_TOO_LARGE)
          : undefined,
    }),
  );
  running = await serve(app);
  const { url } = running;
  return { errors, get: (path: string, init?: RequestInit) => fetch(`${url}${path}`, init) };
};

describe('errorHandler', () => {
  it.each(['/throws', '/rejects'])(
    'answers 500 to %s without the inside, and logs it under the same id',
    async (path) => {
      const { get, errors } = await start();
      const response = await get(path);
      const text = await response.text();
      expect(response.status).toBe(500);
      expect(text).not.toContain('hunter2');
      expect(JSON.parse(text)).toMatchObject({
        code: 'INTERNAL_ERROR',
        requestId: response.headers.get('x-request-id'),
      });
      expect(errors).toHaveLength(1);
      expect(errors[0]?.fields).toMatchObject({ requestId: response.headers.get('x-request-id') });
      expect(String(errors[0]?.fields?.['cause'])).toContain('hunter2');
    },
  );

  it('sends an AppError with its own headers, and logs a 5xx', async () => {
    const { get, errors } = await start();
    const response = await get('/away', { headers: { 'X-Request-Id': 'given-by-the-proxy' } });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await response.json()).toMatchObject({ requestId: 'given-by-the-proxy' });
    expect(errors).toHaveLength(1);
  });

  it('gives the errors of libraries their code', async () => {
    const { get, errors } = await start();
    expect(await (await get('/library')).json()).toMatchObject({ status: 413, code: 'API_BODY_TOO_LARGE' });
    expect(errors).toHaveLength(0);
  });

  it('indents JSON as requested', async () => {
    const { get } = await start();
    expect(await (await get('/indented')).text()).toContain('\n  "status": 404');
  });
});

describe('notFound', () => {
  it('answers 404', async () => {
    const { get } = await start();
    const response = await get('/nothing');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('methodNotAllowed', () => {
  it('answers 405 and lists what is allowed', async () => {
    const { get } = await start();
    const response = await get('/images', { method: 'DELETE' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD');
    expect(await response.json()).toMatchObject({ code: 'METHOD_NOT_ALLOWED' });
  });
});
