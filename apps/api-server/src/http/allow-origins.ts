import cors from 'cors';

/**
 * Middleware: which pages of other origins may read the answers, errors among them, and the answer to every
 * preflight. Never with credentials: there are none, and any page may ask. `*` in the list allows all; a list makes
 * the answers vary by Origin.
 */
export const allowOrigins = (origins: readonly string[]) =>
  cors({
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'HEAD', 'POST'],
    allowedHeaders: ['Content-Type', 'Authorization', 'Idempotency-Key', 'If-None-Match'],
    exposedHeaders: ['ETag', 'Link', 'X-Request-Id', 'X-Served-By', 'Retry-After'],
    maxAge: 600,
  });
