/** One entity tag of a list (RFC 9110 8.8.3). Tags may hold commas: a list can't be split at them. */
const entityTag = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;

/**
 * Whether the list of an If-Match (strong comparison) or If-None-Match (weak) names this strong tag, quotes included,
 * or is `*` (RFC 9110 8.8.3.2, 13.1).
 */
export const isListedTag = (list: string, tag: string, comparison: 'strong' | 'weak'): boolean => {
  if (list.trim() === '*') return true;
  const tags = list.match(entityTag) ?? [];
  return tags.some((one) => (comparison === 'weak' ? one.replace(/^W\//, '') : one) === tag);
};
