import type { IncomingMessage } from 'node:http';
import type { Clock } from '@tripod/shared/async/clock';
import { methodNotAllowed } from '@tripod/shared/http/not-found';
import type { Express } from 'express';
import type { Answer, createFastRoutes } from '../http/fast-routes.ts';
import { parseIndent } from '../http/indent.ts';
import { queryOf } from '../http/query-of.ts';
import { readJsonBody } from '../http/read-json-body.ts';
import { representationOf, taggedRepresentationOf } from '../http/representation.ts';
import { parseImage } from './image.ts';
import { createImageList } from './image-list.ts';
import { nextPageLink, parsePage } from './image-page.ts';
import type { ImageStore } from './image-store.ts';
import { createSharedPages } from './shared-pages.ts';

const path = '/images.json';

/** `/images.json`: GET lists the images, POST adds one. To be added in front of all middleware. */
export const addImageRoutes = (
  app: Express,
  fast: ReturnType<typeof createFastRoutes>,
  images: ImageStore,
  clock: Clock,
): void => {
  const readList = createImageList(images, createSharedPages(images), clock);

  const listImages = async ({ url }: IncomingMessage): Promise<Answer> => {
    const query = queryOf(url);
    const indent = parseIndent(query);
    const page = parsePage(query);
    if (page === undefined) {
      const list = await readList();
      return list.kind === 'whole'
        ? { kind: 'cached', json: list.json(indent) }
        : { kind: 'long', chunks: list.chunks(indent) };
    }
    const { images: part, nextAfter } = await images.listPage(page);
    const json = taggedRepresentationOf(JSON.stringify(part, null, indent));
    if (nextAfter === undefined) return { kind: 'cached', json };
    return { kind: 'cached', json, headers: ['Link', nextPageLink(page, nextAfter, query)] };
  };

  const addImage = async (request: IncomingMessage): Promise<Answer> => {
    const indent = parseIndent(queryOf(request.url));
    const image = parseImage(await readJsonBody(request));
    const created = await images.insert(image);
    return { kind: 'fresh', json: representationOf(JSON.stringify(created, null, indent)) };
  };

  app.route(path).get(fast(listImages)).post(fast(addImage));
};

/** Answers all other methods; to be added behind the middleware, which answers preflights. */
export const refuseOtherMethods = (app: Express): void => {
  app.route(path).all(methodNotAllowed(['GET', 'HEAD', 'POST', 'OPTIONS']));
};
