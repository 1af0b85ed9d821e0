import type { Clock } from '@tripod/shared/async/clock';
import { AppError } from '@tripod/shared/errors/app-error';
import { createCollection } from '../resource/collection/collection.ts';
import { createCollectionStore } from '../resource/collection/collection-store.ts';
import type { ResourceDefinition } from '../resource/define-resource.ts';
import { type Book, bookBody, bookFormats, bookSchema, storedBookSchema } from './book.ts';
import { bookErrors } from './book-errors.ts';
import { createDemoBook } from './demo-book.ts';

const createYearCheck =
  (clock: Clock) =>
  ({ published_year: year }: Book): void => {
    const nextYear = new Date(clock.wallMs()).getUTCFullYear() + 1;
    if (year === undefined || year === null || year <= nextYear) return;
    throw new AppError(bookErrors.API_BOOK_INVALID, {
      detail: bookBody.detail,
      errors: [{ pointer: '#/published_year', detail: `must be at most ${nextYear}` }],
    });
  };

/** The books of the books lab: `/books` and `/books/:id`. */
export const books: ResourceDefinition = {
  name: 'books',
  summary: 'Books, the newest first.',
  errors: bookErrors,
  schemas: { Book: bookSchema, StoredBook: storedBookSchema },
  formats: bookFormats,
  migrations: { folder: new URL('migrations/', import.meta.url) },
  table: 'books',
  demo: createDemoBook,
  create: ({ database, clock }) => ({
    operations: createCollection<Book, { readonly id: number }>({
      noun: 'book',
      pageSize: 100,
      body: bookBody,
      rule: '`published_year` is the next year at the latest.',
      check: createYearCheck(clock),
      itemSchema: storedBookSchema,
      notFound: bookErrors.API_BOOK_NOT_FOUND,
      store: createCollectionStore<Book>({
        database,
        table: 'books',
        columns: { title: 'text', author: 'text', isbn: 'text', published_year: 'integer' },
        // A book has at most about 2 KB.
        maxRowsPerInsert: 500,
        invalid: bookErrors.API_BOOK_INVALID,
      }),
    }),
  }),
};
