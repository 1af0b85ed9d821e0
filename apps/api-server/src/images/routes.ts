import { methodNotAllowed } from '@tripod/shared/http/not-found';
import type { Express, Request, Response } from 'express';
import { parseIndent } from '../http/indent.ts';
import { queryOf } from '../http/query-of.ts';
import { readJsonBody } from '../http/read-json-body.ts';
import { sendCachedJson, sendJson } from '../http/send-json.ts';
import { parseImage } from './image.ts';
import { nextPageLink, parsePage } from './image-page.ts';
import type { ImageStore } from './image-store.ts';

/** `/images.json`: GET lists the images, POST adds one. */
export const addImageRoutes = (app: Express, images: ImageStore): void => {
  const listImages = async (request: Request, response: Response): Promise<void> => {
    const query = queryOf(request.url);
    const indent = parseIndent(query);
    const page = parsePage(query);
    if (page === undefined) {
      sendCachedJson(request, response, JSON.stringify(await images.list(), null, indent));
      return;
    }
    const { images: part, nextAfter } = await images.listPage(page);
    if (nextAfter !== undefined) response.setHeader('Link', nextPageLink(page, nextAfter, query));
    sendCachedJson(request, response, JSON.stringify(part, null, indent));
  };

  const addImage = async (request: Request, response: Response): Promise<void> => {
    const indent = parseIndent(queryOf(request.url));
    const image = parseImage(await readJsonBody(request));
    sendJson(response, JSON.stringify(await images.insert(image), null, indent));
  };

  app
    .route('/images.json')
    .get(listImages)
    .post(addImage)
    .all(methodNotAllowed(['GET', 'HEAD', 'POST', 'OPTIONS']));
};
