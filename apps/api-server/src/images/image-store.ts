import type { Database } from '@tripod/database/database';
import { classifyDatabaseError, databaseUnavailable, writeUncertain } from '@tripod/database/database-errors';
import { createGroupCommit } from '@tripod/shared/async/group-commit';
import { AppError } from '@tripod/shared/errors/app-error';
import type { Image } from './image.ts';
import { imageErrors } from './image-errors.ts';
import type { PageRequest } from './image-page.ts';
import { findPageJson, pageTextQuery, rangesAfter, rangesTextQuery } from './page-json.ts';

export type ImagePage = {
  readonly images: readonly Image[];
  /** The id after which the next page begins; undefined on the last one. */
  readonly nextAfter: string | undefined;
};

export type JsonPageRequest = PageRequest & {
  /**
   * Whether few ids are missing there. Then the page has the images of the next `limit` ids, which costs less: fewer
   * images than that, and perhaps none, though more follow.
   */
  readonly dense: boolean;
};

export type JsonPage = {
  /** Its images as compact JSON in UTF-8, with a comma in front of each; empty when there are none. */
  readonly json: Buffer;
  readonly rows: number;
  readonly nextAfter: string | undefined;
};

/** The images as they are kept, in the order in which they were inserted. Failures of the database have their codes. */
export type ImageStore = {
  /** One statement. A page at the end of a long table costs what one at its beginning does. */
  listPage(page: PageRequest): Promise<ImagePage>;
  /** The same as the very bytes that JSON.stringify would make: of many pages, most of the work is making those. */
  listPageJson(page: JsonPageRequest): Promise<JsonPage>;
  /** The id of the last image; undefined when there is none. */
  lastId(): Promise<string | undefined>;
  /** Resolves with what was stored, once that is committed. */
  insert(image: Image): Promise<Image>;
};

/** A bigint comes as text, the integer of an adopted table as a number. */
type Row = Image & { readonly id: string | number };
type TextRow = { readonly count: number; readonly text: string };

const beforeAll = '-9223372036854775808';

/** A page by keyset. An adopted table may hold null where ours can't. */
export const pageQuery = {
  name: 'list-images',
  text: `select id, title, coalesce(alt_text, '') as alt_text, url from images
    where id > $1::bigint order by id limit $2::int`,
};
const lastIdQuery = { name: 'last-image', text: 'select max(id) as id from images' };
// Their order among themselves is that of their arrival.
const insertQuery = {
  name: 'insert-images',
  text: `insert into images (title, alt_text, url)
    select title, alt_text, url
    from unnest($1::text[], $2::text[], $3::text[]) with ordinality as incoming (title, alt_text, url, ordinal)
    order by ordinal`,
};

/** With at most 11 KB in an image, a statement stays below 6 MB. */
const maxRowsPerInsert = 500;
const maxWaitingInserts = 2000;

/** What the database itself refuses, beyond our own rules: an adopted table may be stricter, or not in UTF-8. */
const refuseValue = (error: unknown): unknown =>
  classifyDatabaseError(error) === 'badValue'
    ? new AppError(imageErrors.API_IMAGE_INVALID, {
        detail: 'The database does not take this image.',
        cause: error,
      })
    : error;

const toImage = ({ title, alt_text, url }: Image): Image => ({ title, alt_text, url });

export const createImageStore = (database: Database): ImageStore => {
  const insertAll = async (images: readonly Image[]) => {
    const columns = [
      images.map(({ title }) => title),
      images.map(({ alt_text }) => alt_text),
      images.map(({ url }) => url),
    ];
    // Outside a transaction a statement is one: it has been committed when its answer comes.
    const { rowCount } = await database.write({ ...insertQuery, values: columns });
    // A rule or trigger of an adopted table may drop rows without a word, and does not say which.
    return (ordinal: number) => (rowCount === images.length ? images[ordinal] : undefined);
  };
  const insertTogether = createGroupCommit({
    insert: insertAll,
    isRowFault: (error) => classifyDatabaseError(error) === 'badValue',
    maxRows: maxRowsPerInsert,
    maxWaiting: maxWaitingInserts,
    refusal: databaseUnavailable,
    unconfirmed: writeUncertain,
  });
  // One more than asked for tells whether there is a next page.
  const readRows = async ({ limit, after = beforeAll }: PageRequest): Promise<ImagePage> => {
    const { rows } = await database.query({ ...pageQuery, values: [after, limit + 1] });
    const found = rows as Row[];
    const last = found.length > limit ? found[limit - 1] : undefined;
    return {
      images: found.slice(0, limit).map(toImage),
      nextAfter: last === undefined ? undefined : String(last.id),
    };
  };
  const readTexts = async ({ limit, after = beforeAll, dense }: JsonPageRequest) => {
    if (dense) {
      const ranges = rangesAfter(after, limit);
      const { rows } = await database.query({ ...rangesTextQuery, values: [ranges.after, ranges.upto] });
      return { found: rows as TextRow[], nextAfter: String(ranges.upto.at(-1)) };
    }
    const { rows } = await database.query({ ...pageTextQuery, values: [after, limit] });
    const [row] = rows as [TextRow & { readonly last: string | number }];
    // A page may be the last one and full: the next one is empty then.
    return { found: [row], nextAfter: row.count < limit ? undefined : String(row.last) };
  };
  const readJson = async (page: JsonPageRequest): Promise<JsonPage> => {
    const { found, nextAfter } = await readTexts(page);
    const count = found.reduce((sum, row) => sum + row.count, 0);
    const json = findPageJson(
      found.map(({ text }) => text),
      count,
    );
    if (json !== undefined) return { json, rows: count, nextAfter };
    const exact = await readRows(page);
    const inside = JSON.stringify(exact.images).slice(1, -1);
    return {
      json: Buffer.from(inside === '' ? '' : `,${inside}`),
      rows: exact.images.length,
      nextAfter: exact.nextAfter,
    };
  };
  return {
    listPage: (page) => database.reading(() => readRows(page)),
    listPageJson: (page) => database.reading(() => readJson(page)),
    lastId: () =>
      database.reading(async () => {
        const { rows } = await database.query(lastIdQuery);
        const { id } = rows[0] as { readonly id: string | number | null };
        return id === null ? undefined : String(id);
      }),
    insert: async (image) => {
      try {
        return await database.writing(() => insertTogether(image));
      } catch (error) {
        throw refuseValue(error);
      }
    },
  };
};
