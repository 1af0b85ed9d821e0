import type { Database } from '@tripod/database/database';
import type { Logger } from '@tripod/shared/logging/logger';
import { createInsertTogether } from '../resource/insert-together.ts';
import type { StoredPerson } from './person.ts';
import { personErrors } from './person-errors.ts';
import { findPattern, searchTextOf } from './search-text.ts';

/** The people. Failures of the database have their error codes. */
export type PersonStore = {
  /** Resolves once the person is committed, or with `taken` when another person has the nickname. */
  insert(person: StoredPerson): Promise<'stored' | 'taken'>;
  find(id: string): Promise<StoredPerson | undefined>;
  /** At most 50 people whose nickname, name or one of whose technologies contains the term, in no particular order. */
  search(term: string): Promise<readonly StoredPerson[]>;
  count(): Promise<number>;
};

const maxFound = 50;
/** A person has at most about 64 KB, most of it in `stack`. */
const maxRowsPerInsert = 100;

// `on conflict do nothing` lets a taken nickname fail alone, also when two people of one statement have it.
const insertQuery = {
  name: 'insert-people',
  text: `insert into people (id, apelido, nome, nascimento, stack, search)
    select id, apelido, nome, nascimento, stack, search
    from unnest($1::uuid[], $2::text[], $3::text[], $4::date[], $5::jsonb[], $6::text[])
      as incoming (id, apelido, nome, nascimento, stack, search)
    on conflict (apelido) do nothing
    returning id`,
};
const columns = 'id, apelido, nome, nascimento::text as nascimento, stack';
const findQuery = { name: 'find-person', text: `select ${columns} from people where id = $1` };
// Without a name, so that each search is planned for its own term: a generic plan would not use the trigram index.
const searchQuery = { text: `select ${columns} from people where search like $1 limit ${maxFound}` };
const countQuery = { name: 'count-people', text: 'select count(*)::int as count from people' };
const indexQuery = { text: `select 1 from pg_indexes where indexname = 'people_search_trigrams'` };

export const createPersonStore = (database: Database, logger: Logger): PersonStore => {
  let isIndexKnown = false;
  const checkIndex = async (): Promise<void> => {
    if (isIndexKnown) return;
    isIndexKnown = true;
    const { rows } = await database.read(indexQuery);
    if (rows.length > 0) return;
    logger.warn(
      'searches for people read the whole table: this Postgres has no pg_trgm, or its role may not create the extension',
    );
  };
  return {
    insert: createInsertTogether<StoredPerson, 'stored' | 'taken'>({
      maxRows: maxRowsPerInsert,
      invalid: personErrors.API_PERSON_INVALID,
      insert: async (people) => {
        const values = [
          people.map(({ id }) => id),
          people.map(({ apelido }) => apelido),
          people.map(({ nome }) => nome),
          people.map(({ nascimento }) => nascimento),
          people.map(({ stack }) => (stack === null ? null : JSON.stringify(stack))),
          people.map(searchTextOf),
        ];
        const { rows } = await database.write({ ...insertQuery, values });
        const stored = new Set((rows as { readonly id: string }[]).map(({ id }) => id));
        return (ordinal) => (stored.has(people[ordinal]?.id ?? '') ? 'stored' : 'taken');
      },
    }),
    find: async (id) => {
      const { rows } = await database.read({ ...findQuery, values: [id] });
      return (rows as StoredPerson[])[0];
    },
    search: async (term) => {
      const pattern = findPattern(term);
      if (pattern === undefined) return [];
      await checkIndex();
      const { rows } = await database.read({ ...searchQuery, values: [pattern] });
      return rows as StoredPerson[];
    },
    count: async () => {
      const { rows } = await database.read(countQuery);
      return (rows as { readonly count: number }[])[0]?.count ?? 0;
    },
  };
};
