import { methodNotAllowed } from '@tripod/shared/http/not-found';
import type { Express } from 'express';
import type { createFastRoutes } from '../http/fast-routes.ts';
import { parseIndent } from '../http/indent.ts';
import { queryOf } from '../http/query-of.ts';
import { taggedRepresentationOf } from '../http/representation.ts';
import { describeApi } from './describe-api.ts';

const path = '/openapi.json';

/** The API's own description; to be added where `addImageRoutes` is. */
export const addDescriptionRoute = (app: Express, fast: ReturnType<typeof createFastRoutes>): void => {
  const description = describeApi();
  app.route(path).get(
    fast(async ({ url }) => {
      const body = JSON.stringify(description, null, parseIndent(queryOf(url)));
      return { kind: 'cached', json: taggedRepresentationOf(body) };
    }),
  );
};

/** Answers all other methods; to be added behind the middleware. */
export const refuseOtherDescriptionMethods = (app: Express): void => {
  app.route(path).all(methodNotAllowed(['GET', 'HEAD', 'OPTIONS']));
};
