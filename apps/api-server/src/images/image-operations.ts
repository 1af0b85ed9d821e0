import { databaseErrors } from '@tripod/database/error-table';
import { AppError } from '@tripod/shared/errors/app-error';
import {
  answerPage,
  findPage,
  type JsonPage,
  type PageQuery,
  pageParameters,
} from '../resource/list/page.ts';
import { createWholeList } from '../resource/list/whole-list.ts';
import type { Operation } from '../resource/operation.ts';
import { requestErrors } from '../resource/request-errors.ts';
import { type Image, imageBody, imageSchema, listedImageSchema } from './image.ts';
import type { ImageStore } from './image-store.ts';

const imagePageParameters = {
  ...pageParameters,
  position: {
    description:
      'Where the page begins: the position of its first image in the list, from 1. Needs `limit`, and replaces `after`',
    // Postgres counts the ids before the position, so the cost of a request grows with it.
    schema: { type: 'integer', minimum: 1, maximum: 1_000_000 },
  },
} as const;

type ImagePageQuery = PageQuery & { readonly position?: number };

const refuseQuery = (detail: string): never => {
  throw new AppError(requestErrors.API_QUERY_INVALID, { detail });
};

/** `/images.json`: GET lists the images, POST adds one. */
export const createImageOperations = (images: ImageStore): readonly Operation[] => {
  const answerWholeList = createWholeList(images);

  /** Reads the page that begins at a position; an empty one when the list is shorter. */
  const readPageAt = async (position: number, limit: number): Promise<JsonPage> => {
    if (position === 1) return await images.readPage({ limit, after: undefined });
    const before = await images.findIdAt(position - 1);
    if (before === undefined) return { json: '', rows: 0, nextAfter: undefined };
    return await images.readPage({ limit, after: before });
  };

  const listImages: Operation<ImagePageQuery> = {
    name: 'listImages',
    method: 'GET',
    path: '/images.json',
    summary: 'All images, or a page of them, in the order in which they were added',
    query: imagePageParameters,
    responses: {
      200: {
        description: 'The list. One over 1 MiB is streamed, without ETag and Content-Length',
        schema: { type: 'array', items: listedImageSchema },
        headers: { Link: { description: 'The next page, when there is one' } },
      },
    },
    errors: [databaseErrors.API_DATABASE_UNAVAILABLE],
    async handle({ query, indent }) {
      const page = findPage(query);
      const { position, after } = query;
      if (position !== undefined && page === undefined) return refuseQuery('position needs a limit.');
      if (page === undefined) return answerWholeList(indent);
      if (position !== undefined && after !== undefined)
        return refuseQuery('position and after cannot be combined.');
      const read = position === undefined ? images.readPage(page) : readPageAt(position, page.limit);
      return answerPage('images.json', page, await read, indent);
    },
  };

  const addImage: Operation<unknown, Image> = {
    name: 'addImage',
    method: 'POST',
    path: '/images.json',
    summary: 'Adds an image',
    description: 'Answered once the image is committed.',
    body: imageBody,
    responses: { 200: { description: 'The image, as it was stored', schema: imageSchema } },
    errors: [
      databaseErrors.API_DATABASE_UNAVAILABLE,
      databaseErrors.API_DURABILITY_OFF,
      databaseErrors.API_WRITE_UNCERTAIN,
    ],
    async handle({ body }) {
      return { json: await images.insert(body) };
    },
  };

  return [listImages, addImage];
};
