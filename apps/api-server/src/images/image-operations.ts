import { databaseErrors } from '@tripod/database/error-table';
import { answerPage, findPage, type PageQuery, pageParameters } from '../resource/list/page.ts';
import { createWholeList } from '../resource/list/whole-list.ts';
import type { Operation } from '../resource/operation.ts';
import { type Image, imageBody, imageSchema, listedImageSchema } from './image.ts';
import type { ImageStore } from './image-store.ts';

/** `/images.json`: GET lists the images, POST adds one. */
export const createImageOperations = (images: ImageStore): readonly Operation[] => {
  const answerWholeList = createWholeList(images);

  const listImages: Operation<PageQuery> = {
    name: 'listImages',
    method: 'GET',
    path: '/images.json',
    summary: 'All images, or a page of them, in the order in which they were added',
    query: pageParameters,
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
      if (page === undefined) return await answerWholeList(indent);
      return answerPage('images.json', page, await images.readPage(page), indent);
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
