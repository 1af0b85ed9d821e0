import { createHash } from 'node:crypto';

/** A strong entity tag: the same for the same body, whichever copy made it. */
export const entityTagOf = (body: string): string =>
  `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;

/** One entity tag of a list, without its weakness: RFC 9110 8.8.3. Tags may hold commas. */
const opaqueTags = /"[\x21\x23-\x7e\x80-\xff]*"/g;

/** Whether If-None-Match names this tag: a list, by weak comparison, or `*` (RFC 9110 13.1.2). */
export const matchesEntityTag = (ifNoneMatch: string | undefined, tag: string): boolean => {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.match(opaqueTags)?.includes(tag) ?? false;
};
