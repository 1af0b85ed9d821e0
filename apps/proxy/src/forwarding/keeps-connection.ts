import type { AppError } from '@tripod/shared/errors/app-error';

/** Refusals of well-formed requests, after which the next request of the connection can be read. */
const wellFormed: ReadonlySet<number> = new Set([401, 403, 404, 421, 429]);

/**
 * Whether the connection may serve another request after this error, if the whole request has been received. After the
 * refusal of a malformed message, nothing that follows may be read as a request.
 */
export const keepsConnection = ({ status }: AppError): boolean => status >= 500 || wellFormed.has(status);
