import cors from 'cors';
import type { Operation } from '../resource/operation.ts';

/** What pages of other origins may do, and which headers they may read. */
export type CorsPolicy = {
  /** `*` among them allows all. */
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  readonly exposedHeaders: readonly string[];
};

/** The policy for these operations: their methods, and the headers that their responses declare. */
export const createCorsPolicy = (
  origins: readonly string[],
  operations: readonly Operation[],
): CorsPolicy => {
  const declared = operations.flatMap(({ responses }) =>
    Object.values(responses).flatMap(({ headers = {} }) => Object.keys(headers)),
  );
  return {
    origins,
    methods: [...new Set(['GET', 'HEAD', ...operations.map(({ method }) => method)])],
    exposedHeaders: [...new Set(['ETag', ...declared, 'X-Request-Id', 'X-Served-By', 'Retry-After'])],
  };
};

/**
 * Middleware: which pages of other origins may read the answers, errors among them, and the answer to every preflight.
 * It never allows credentials. A list of origins makes the answers vary by Origin.
 */
export const allowOrigins = ({ origins, methods, exposedHeaders }: CorsPolicy) =>
  cors({
    origin: origins.includes('*') ? '*' : [...origins],
    methods: [...methods],
    allowedHeaders: ['Content-Type', 'Authorization', 'Idempotency-Key', 'If-None-Match'],
    exposedHeaders: [...exposedHeaders],
    maxAge: 600,
  });
