import type { ErrorDefinition } from './define-errors.ts';

/** One wrong field of a body: a JSON pointer (RFC 6901, as a URI fragment) and what is wrong there. */
export type FieldError = { readonly pointer: string; readonly detail: string };

export type AppErrorOptions = {
  /** One sentence for the client. It must expose no internals. */
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  /** Extra response headers, such as `Allow` or `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
};

/** An expected failure with a stable code, independent of any request or response. */
export class AppError extends Error {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string | undefined;
  readonly errors: readonly FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor({ code, status, title }: ErrorDefinition, options: AppErrorOptions = {}) {
    super(options.detail ?? title, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.status = status;
    this.title = title;
    this.detail = options.detail;
    this.errors = options.errors;
    this.headers = options.headers ?? {};
  }
}
