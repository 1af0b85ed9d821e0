import type { Clock } from '@tripod/shared/async/clock';
import { errorHandler } from '@tripod/shared/http/error-handler';
import { createHealthPaths } from '@tripod/shared/http/health-paths';
import { methodNotAllowed, notFound } from '@tripod/shared/http/not-found';
import { createRequestObserver } from '@tripod/shared/http/observe-requests';
import type { Readiness } from '@tripod/shared/http/readiness';
import type { Refuse } from '@tripod/shared/http/refuse-requests';
import { createStoppableServer, type StoppableServer } from '@tripod/shared/http/stoppable-server';
import type { Logger } from '@tripod/shared/logging/logger';
import type { Metrics } from '@tripod/shared/metrics/metrics';
import { RequestMetrics } from '@tripod/shared/metrics/request-metrics';
import express from 'express';
import { allowOrigins } from './http/allow-origins.ts';
import { createFastRoutes } from './http/fast-routes.ts';
import { indentOf } from './http/indent.ts';
import { nameServer } from './http/name-server.ts';
import { createOwnMessages } from './http/own-messages.ts';
import { createStandingHeaders } from './http/standing-headers.ts';
import type { ImageStore } from './images/image-store.ts';
import { addImageRoutes, refuseOtherMethods } from './images/routes.ts';
import { addDescriptionRoute, refuseOtherDescriptionMethods } from './openapi/routes.ts';

export type ApiSite = {
  /** Origins whose pages may use the API; `*` for all. */
  readonly corsOrigins: readonly string[];
  /** The copy's name, or undefined when it is not told. */
  readonly servedBy: () => string | undefined;
};

export type ApiServerDependencies = {
  readonly images: ImageStore;
  readonly readiness: Readiness;
  /** Undefined with `--no-metrics`. */
  readonly metrics: Metrics | undefined;
  readonly logger: Logger;
  readonly clock: Clock;
};

/** Makes one copy of the API. It does not listen yet, and connects to nothing. */
export const createApiServer = (
  { corsOrigins, servedBy }: ApiSite,
  { images, readiness, metrics, logger, clock }: ApiServerDependencies,
): StoppableServer => {
  const requestMetrics = new RequestMetrics();
  if (metrics) requestMetrics.register(metrics);

  const app = express();
  // Whatever NODE_ENV says: what Express answers of itself holds no stack.
  app.set('env', 'production');
  app.set('query parser', false);
  app.enable('case sensitive routing').enable('strict routing');
  app.disable('x-powered-by').disable('etag');

  const nodeOptions = { ...createOwnMessages(app), optimizeEmptyRequests: true };
  const observer = createRequestObserver({ logger, metrics: requestMetrics, clock });
  const standingHeaders = createStandingHeaders(corsOrigins, servedBy);
  const fast = createFastRoutes({ observer, standingHeaders, clock });
  addImageRoutes(app, fast, images, clock);
  addDescriptionRoute(app, fast);

  app.use(observer.observe);
  app.use(nameServer(servedBy));
  app.use(allowOrigins(corsOrigins));
  refuseOtherMethods(app);
  refuseOtherDescriptionMethods(app);
  for (const [path, answer] of createHealthPaths({ readiness, metrics })) {
    app
      .route(path)
      .get(answer)
      .all(methodNotAllowed(['GET', 'HEAD', 'OPTIONS']));
  }
  app.use(notFound());
  const handleError = errorHandler({ logger, indentOf: ({ url }) => indentOf(url) });
  app.use(handleError);
  const refuse: Refuse = (request, response, refusal) =>
    fast(() => Promise.reject(refusal))(request, response, (error) =>
      handleError(error, request, response, () => undefined),
    );
  return createStoppableServer(app, { readiness, clock, refuse, nodeOptions });
};
