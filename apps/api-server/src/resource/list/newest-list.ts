import { createCoalescedRead } from '@tripod/shared/async/coalesced-read';
import type { Answer } from '../operation.ts';
import { answerPage, findPage, type JsonPage, type PageQuery, type PageRequest } from './page.ts';
import { rememberLast } from './represent-list.ts';

export type NewestListOptions = {
  /** The last segment of the path, for the relative Link to the next page. */
  readonly name: string;
  /** Items of a page when the query gives no `limit`. */
  readonly defaultLimit: number;
  /** Reads the items whose ids are below `after`, the largest id first. */
  readonly readPage: (page: PageRequest) => Promise<JsonPage>;
};

/**
 * Answers a list in pages, the newest item first. Requests for the first page with the default limit share one query:
 * each gets an answer of a query that began after its request had come.
 */
export const createNewestList = ({ name, defaultLimit, readPage }: NewestListOptions) => {
  const represent = rememberLast();
  const readFirstPage = createCoalescedRead(() => readPage({ limit: defaultLimit, after: undefined }));
  return async (query: PageQuery, indent: number): Promise<Answer> => {
    const page = findPage({ limit: defaultLimit, ...query }) ?? { limit: defaultLimit, after: undefined };
    if (page.after !== undefined || page.limit !== defaultLimit)
      return answerPage(name, page, await readPage(page), indent);
    return answerPage(name, page, await readFirstPage(), indent, represent);
  };
};
