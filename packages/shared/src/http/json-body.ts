import type { IncomingMessage } from 'node:http';

/** Whether a request announces JSON: a page of another origin cannot send it without asking first (CORS preflight). */
export const announcesJson = ({ headers }: IncomingMessage): boolean =>
  /^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '');

/** Whether an error means that express.json could not read a body: too long, cut off, no JSON, an unknown coding. */
export const isBodyError = (error: unknown): boolean =>
  error instanceof Error &&
  'type' in error &&
  /^(entity|encoding|charset|request)\./.test(String(error.type));
