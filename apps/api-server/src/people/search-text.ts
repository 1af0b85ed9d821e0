import type { Person } from './person.ts';

/** No field can contain it, so that no term is found across two fields. */
const separator = '\n';

/**
 * Lower case by Unicode's rules, whatever the collation of the database. The final sigma is a sigma: a term does not
 * show where a word of the person ends.
 */
const fold = (text: string): string => text.toLowerCase().replaceAll('ς', 'σ');

/** What a search looks through for one person: the folded fields, one a line. */
export const searchTextOf = ({ apelido, nome, stack }: Person): string =>
  [apelido, nome, ...(stack ?? [])].map(fold).join(separator);

/** A pattern for LIKE that finds the term in a search text; undefined when no field can contain the term. */
export const findPattern = (term: string): string | undefined =>
  /\p{Cc}/u.test(term) || !term.isWellFormed()
    ? undefined
    : `%${fold(term).replace(/[\\%_]/g, (special) => `\\${special}`)}%`;
