/** Returns the path of a request target in origin form, without its query. */
export const pathOf = (target: string): string => {
  const query = target.indexOf('?');
  return query === -1 ? target : target.slice(0, query);
};

/** Returns the query of a request target with its question mark; empty when it has none. */
export const queryOf = (target: string): string => {
  const query = target.indexOf('?');
  return query === -1 ? '' : target.slice(query);
};

/**
 * Describes a character that a request target must not contain (RFC 9112 3.2, RFC 3986 2); undefined if it has none.
 */
export const findCharacterFault = (target: string): string | undefined => {
  if (/[^\x21-\x7e]/.test(target)) return 'The path holds a character that must be percent-encoded.';
  if (target.includes('#')) return 'The path holds a fragment, which clients must not send.';
  return undefined;
};
