import type { Book } from './book.ts';

/** A book of one of 100 authors. */
export const createDemoBook = (number: number, random: () => number): Book => ({
  title: `Book ${number + 1}`,
  author: `Author ${1 + Math.floor(random() * 100)}`,
  published_year: 1900 + Math.floor(random() * 125),
});
