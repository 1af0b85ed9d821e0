import type { Database } from '@tripod/database/database';
import { createInsertTogether } from '../resource/insert-together.ts';
import type { JsonPage } from '../resource/list/page.ts';
import type { ListSource } from '../resource/list/whole-list.ts';
import type { Image } from './image.ts';
import { imageErrors } from './image-errors.ts';

/** The images in the order in which they were inserted. Failures of the database have their error codes. */
export type ImageStore = ListSource & {
  /** Resolves with what was stored, once that is committed. */
  insert(image: Image): Promise<Image>;
  /** The id of the image at this position, from 1; undefined when the list is shorter. */
  findIdAt(position: number): Promise<string | undefined>;
};

const firstId = '-9223372036854775808';
const lastId = '9223372036854775807';

/**
 * Reads a page by keyset in one statement, so that a page at the end of a long table costs no more than one at its
 * beginning. Postgres creates the JSON, byte for byte as JSON.stringify does, so that this process creates no object
 * per row. An adopted table may contain null where our own table can't.
 *
 * These statements are the most frequent ones of the API. They go to pg directly as named statements, which are parsed
 * and planned once per connection; knex can't do that.
 */
export const pageQuery = {
  name: 'list-images',
  text: `select count(*)::int as rows, max(id)::text as last,
      coalesce(string_agg(row_to_json(item)::text, ',' order by id), '') as json,
      exists (select 1 from images where id > max(page.id) and id <= $3::bigint) as more
    from (select id, title, coalesce(alt_text, '') as alt_text, url from images
        where id > $1::bigint and id <= $3::bigint order by id limit $2::int) page,
      lateral (select page.title, page.alt_text, page.url) item`,
};
const lastIdQuery = { name: 'last-image', text: 'select max(id)::text as id from images' };
// Reads ids from the index only, for as many rows as the position says.
const idAtQuery = {
  name: 'image-at',
  text: 'select id::text as id from images order by images.id offset $1::bigint limit 1',
};
// Rows of one statement keep the order in which their requests came.
const insertQuery = {
  name: 'insert-images',
  text: `insert into images (title, alt_text, url)
    select title, alt_text, url
    from unnest($1::text[], $2::text[], $3::text[]) with ordinality as incoming (title, alt_text, url, ordinal)
    order by ordinal`,
};

/** An image has at most 11 KB, so that a statement stays below 6 MB. */
const maxRowsPerInsert = 500;

type PageRow = {
  readonly rows: number;
  readonly last: string | null;
  readonly json: string;
  readonly more: boolean;
};

export const createImageStore = (database: Database): ImageStore => {
  const insertAll = async (images: readonly Image[]) => {
    const columns = [
      images.map(({ title }) => title),
      images.map(({ alt_text }) => alt_text),
      images.map(({ url }) => url),
    ];
    // A statement outside a transaction is a transaction of its own, so it was committed when the answer arrives.
    const { rowCount } = await database.write({ ...insertQuery, values: columns });
    // A rule or a trigger of an adopted table may drop rows silently, and does not say which.
    return (ordinal: number) => (rowCount === images.length ? images[ordinal] : undefined);
  };
  const insertTogether = createInsertTogether({
    insert: insertAll,
    maxRows: maxRowsPerInsert,
    invalid: imageErrors.API_IMAGE_INVALID,
  });
  return {
    readPage: async ({ limit, after = firstId, upTo = lastId }): Promise<JsonPage> => {
      const { rows: found } = await database.read({ ...pageQuery, values: [after, limit, upTo] });
      const { rows, last, json, more } = found[0] as PageRow;
      return { rows, json, nextAfter: more && last !== null ? last : undefined };
    },
    findLastId: async () => {
      const { rows } = await database.read(lastIdQuery);
      return (rows[0] as { readonly id: string | null }).id ?? undefined;
    },
    findIdAt: async (position) => {
      const { rows } = await database.read({ ...idAtQuery, values: [position - 1] });
      return (rows[0] as { readonly id: string } | undefined)?.id;
    },
    // Only the known fields: the row is answered as it is.
    insert: ({ title, alt_text, url }) => insertTogether({ title, alt_text, url }),
  };
};
