import cors from 'cors';
import type { Operation } from '../resource/operation.ts';

/** What pages of other origins may do, and which headers they may read. */
export type CorsPolicy = {
  /** `*` among them allows all. Empty: no CORS header at all. */
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  readonly exposedHeaders: readonly string[];
};

/**
 * The policy for these operations: their methods, and the headers that their responses declare. `none` among the
 * origins means none at all.
 */
export const createCorsPolicy = (
  origins: readonly string[],
  operations: readonly Operation[],
): CorsPolicy => {
  const declared = operations.flatMap(({ responses }) =>
    Object.values(responses).flatMap(({ headers = {} }) => Object.keys(headers)),
  );
  // No page can read Set-Cookie (Fetch 2.2.2).
  const readable = declared.filter((name) => name !== 'Set-Cookie');
  return {
    origins: origins.includes('none') ? [] : origins,
    methods: [...new Set(['GET', 'HEAD', ...operations.map(({ method }) => method)])],
    exposedHeaders: [...new Set(['ETag', ...readable, 'X-Request-Id', 'X-Served-By', 'Retry-After'])],
  };
};

/** Without CORS a preflight is an ordinary OPTIONS request, and the browser refuses what it asked for. */
const answerOptionsOnly: ReturnType<typeof cors> = (request, response, next) => {
  if (request.method !== 'OPTIONS') {
    next();
    return;
  }
  response.statusCode = 204;
  response.setHeader('Content-Length', '0');
  response.end();
};

/**
 * Middleware: which pages of other origins may read the answers, errors among them, and the answer to every preflight.
 * It never allows credentials. A list of origins makes the answers vary by Origin.
 */
export const allowOrigins = ({ origins, methods, exposedHeaders }: CorsPolicy): ReturnType<typeof cors> =>
  origins.length === 0
    ? answerOptionsOnly
    : cors({
        origin: origins.includes('*') ? '*' : [...origins],
        methods: [...methods],
        allowedHeaders: ['Content-Type', 'Authorization', 'Idempotency-Key', 'If-None-Match'],
        exposedHeaders: [...exposedHeaders],
        maxAge: 600,
      });
