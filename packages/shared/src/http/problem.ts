import { AppError, type FieldError } from '../errors/app-error.ts';
import { renderErrorPage } from './error-page.ts';
import { httpErrors } from './http-errors.ts';

/** An error as RFC 9457 describes it, with our code, request id and wrong fields as extension members. */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly code: string;
  readonly requestId: string;
  readonly errors?: readonly FieldError[];
};

export type RenderedProblem = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type ProblemContext = {
  readonly requestId: string;
  /** The request's Accept header: a person in a browser gets a page, everything else JSON. */
  readonly accept?: string | undefined;
  /** Spaces of JSON indentation. Default 0: compact. */
  readonly indent?: number;
};

const weightOf = (parameters: readonly string[]): number => {
  const q = parameters.find((parameter) => parameter.startsWith('q='));
  const weight = q === undefined ? 1 : Number(q.slice(2));
  return Number.isNaN(weight) ? 0 : weight;
};

/**
 * Whether Accept ranks text/html above JSON (RFC 9110 12.5.1), as browsers do on navigation; a bare wildcard does not.
 */
export const prefersHtml = (accept: string | undefined): boolean => {
  if (accept === undefined) return false;
  const weights = { html: 0, json: 0 };
  for (const range of accept.toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const kind =
      type === 'text/html' ? 'html' : /^(\*|application)\/(\*|json|problem\+json)$/.test(type) && 'json';
    if (kind) weights[kind] = Math.max(weights[kind], weightOf(parameters));
  }
  return weights.html > weights.json;
};

/**
 * Converts any thrown value to an AppError. A value that is not an AppError becomes INTERNAL_ERROR, with it as cause.
 */
export const toAppError = (error: unknown): AppError =>
  error instanceof AppError ? error : new AppError(httpErrors.INTERNAL_ERROR, { cause: error });

/** Creates the problem of an error, from only the title in its table and the detail meant for clients. */
const problemOf = (error: AppError, requestId: string): Problem => {
  const { status, title } = error;
  return {
    type: `urn:tripod:error:${error.code}`,
    title,
    status,
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    code: error.code,
    requestId,
    ...(error.errors === undefined ? {} : { errors: error.errors }),
  };
};

/** Renders a complete error answer: JSON, or a small page for a person in a browser. */
export const renderProblem = (error: AppError, context: ProblemContext): RenderedProblem => {
  const problem = problemOf(error, context.requestId);
  const html = prefersHtml(context.accept);
  const body = html ? renderErrorPage(problem) : JSON.stringify(problem, null, context.indent ?? 0);
  return {
    status: problem.status,
    headers: {
      'Content-Type': html ? 'text/html; charset=utf-8' : 'application/problem+json',
      'Content-Length': String(Buffer.byteLength(body)),
      'Cache-Control': 'no-store',
      Vary: 'Accept',
      'X-Content-Type-Options': 'nosniff',
      ...(html ? { 'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'" } : {}),
      'X-Request-Id': context.requestId,
      ...error.headers,
    },
    body,
  };
};
