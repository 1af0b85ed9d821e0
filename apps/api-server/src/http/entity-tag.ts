import { createHash } from 'node:crypto';

/** A strong entity tag: the same for the same body, whichever copy made it. */
export const entityTagOf = (body: string): string =>
  `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
