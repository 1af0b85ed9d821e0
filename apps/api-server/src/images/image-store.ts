import type { Database } from '@tripod/database/database';
import { classifyDatabaseError } from '@tripod/database/database-errors';
import { AppError } from '@tripod/shared/errors/app-error';
import type { Image } from './image.ts';
import type { PageRequest } from './image-page.ts';

export type ImagePage = {
  readonly images: readonly Image[];
  /** The id after which the next page begins; undefined on the last one. */
  readonly nextAfter: string | undefined;
};

/** The images as they are kept. Failures of the database have their codes. */
export type ImageStore = {
  /** All of them, in the order in which they were inserted. */
  list(): Promise<readonly Image[]>;
  listPage(page: PageRequest): Promise<ImagePage>;
  /** Resolves with what was stored, once that is committed. */
  insert(image: Image): Promise<Image>;
};

/** A bigint comes as text, the integer of an adopted table as a number. */
type Row = Image & { readonly id: string | number };

const toImage = ({ title, alt_text, url }: Image): Image => ({ title, alt_text, url });

/** What the database itself refuses, beyond our own rules: an adopted table may be stricter, or not in UTF-8. */
const refuseValue = (error: unknown): unknown =>
  classifyDatabaseError(error) === 'badValue'
    ? new AppError('API_IMAGE_INVALID', { detail: 'The database does not take this image.', cause: error })
    : error;

export const createImageStore = (database: Database): ImageStore => {
  const { knex } = database;
  // An adopted table may hold null where ours can't.
  const altText = knex.raw<string>("coalesce(alt_text, '') as alt_text");
  const inOrder = () => knex.from('images').orderBy('id');
  return {
    list: () => database.reading(async () => await inOrder().select<Image[]>('title', altText, 'url')),
    listPage: ({ limit, after }) =>
      database.reading(async () => {
        const following = after === undefined ? inOrder() : inOrder().where('id', '>', after);
        // One more than asked for tells whether there is a next page.
        const rows = await following.limit(limit + 1).select<Row[]>('id', 'title', altText, 'url');
        const last = rows.length > limit ? rows[limit - 1] : undefined;
        return {
          images: rows.slice(0, limit).map(toImage),
          nextAfter: last === undefined ? undefined : String(last.id),
        };
      }),
    insert: async (image) => {
      try {
        // Outside a transaction a statement is one: it has been committed when its answer comes.
        return await database.writing(async () => {
          await knex.insert(image).into('images');
          return image;
        });
      } catch (error) {
        throw refuseValue(error);
      }
    },
  };
};
