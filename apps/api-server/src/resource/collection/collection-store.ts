import type { Database } from '@tripod/database/database';
import type { ErrorDefinition } from '@tripod/shared/errors/define-errors';
import { createInsertTogether } from '../insert-together.ts';
import { toJsonPage } from '../list/page.ts';
import type { CollectionStore } from './collection.ts';

/** A row as pg gives it: a bigint comes as text, a timestamptz as a Date. */
type Row<Body> = Required<Body> & { readonly id: string; readonly created_at: Date };

/** An item as it is answered: the number, the columns of the body, the time in ISO 8601. */
export type StoredItem<Body> = { readonly id: number } & Required<Body> & { readonly created_at: string };

export type CollectionStoreOptions<Body> = {
  readonly database: Database;
  /** A table with `id bigint`, `created_at timestamptz` and the columns of the body. */
  readonly table: string;
  /** The fields of the body with the Postgres type of their columns, in the order in which they are answered. */
  readonly columns: { readonly [Field in keyof Body]-?: 'text' | 'integer' };
  /** Maximum number of rows of one insert. A statement with the largest rows should stay below a few megabytes. */
  readonly maxRowsPerInsert: number;
  /** Answered for a row that the database refuses. */
  readonly invalid: ErrorDefinition;
};

/** Keeps a collection in a table. Inserts that arrive together share a statement; reads go through knex. */
export const createCollectionStore = <Body extends object>(
  options: CollectionStoreOptions<Body>,
): CollectionStore<Body, StoredItem<Body>> => {
  const { database, table, columns, maxRowsPerInsert, invalid } = options;
  const { knex } = database;
  const fields = Object.keys(columns) as (keyof Body & string)[];
  const names = fields.join(', ');
  const arrays = fields.map((field, at) => `$${at + 1}::${columns[field]}[]`).join(', ');
  // A named statement of pg: each connection plans it once. Rows are inserted, and returned, in the order of the
  // select.
  const insertQuery = {
    name: `insert-${table}`,
    text: `insert into ${table} (${names})
      select ${names} from unnest(${arrays}) with ordinality as incoming (${names}, ordinal) order by ordinal
      returning id, ${names}, created_at`,
  };
  const toItem = ({ id, created_at, ...rest }: Row<Body>): StoredItem<Body> => ({
    id: Number(id),
    ...(rest as unknown as Required<Body>),
    created_at: created_at.toISOString(),
  });
  const select = () => knex(table).select('id', ...fields, 'created_at');

  return {
    insert: createInsertTogether({
      maxRows: maxRowsPerInsert,
      invalid,
      insert: async (bodies: readonly Body[]) => {
        const values = fields.map((field) => bodies.map((body) => body[field] ?? null));
        const { rows } = await database.write({ ...insertQuery, values });
        // A trigger may drop rows silently, and does not say which.
        return (ordinal) => (rows.length === bodies.length ? toItem(rows[ordinal] as Row<Body>) : undefined);
      },
    }),
    readPage: async ({ limit, after }) => {
      const page = select()
        .orderBy('id', 'desc')
        .limit(limit + 1);
      const rows: Row<Body>[] = await (after === undefined ? page : page.where('id', '<', after));
      return toJsonPage(rows, limit, ({ id }) => id, toItem);
    },
    find: async (id) => {
      const [row]: (Row<Body> | undefined)[] = await select().where({ id });
      return row && toItem(row);
    },
  };
};
