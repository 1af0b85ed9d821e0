import type { Clock } from '@tripod/shared/async/clock';
import { AppError } from '@tripod/shared/errors/app-error';
import { errorHandler } from '@tripod/shared/http/error-handler';
import { httpErrors } from '@tripod/shared/http/http-errors';
import { methodNotAllowed, notFound } from '@tripod/shared/http/not-found';
import type { Readiness } from '@tripod/shared/http/readiness';
import { requestIdOf } from '@tripod/shared/http/request-id';
import { sendProblem } from '@tripod/shared/http/send-problem';
import { serializeRequests } from '@tripod/shared/http/serialize-requests';
import { createStoppableServer, type StoppableServer } from '@tripod/shared/http/stoppable-server';
import type { Logger } from '@tripod/shared/logging/logger';
import type { Metrics } from '@tripod/shared/metrics/metrics';
import { createOperationalPaths } from '@tripod/shared/profiling/operational-paths';
import express from 'express';
import type { Upstream } from '../balancing/upstream.ts';
import type { TraceStore } from '../forwarding/trace-store.ts';
import type { RouteTable } from '../routing/route-table.ts';
import { type AdminConfig, createConfigRoutes } from './config-routes.ts';
import { createDescriptionRoute } from './describe-admin.ts';
import { createPoolRoutes } from './pool-routes.ts';
import { readJson, toBodyError } from './read-json.ts';
import { requireOwnOrigin } from './require-own-origin.ts';
import { requireToken } from './require-token.ts';
import { createStatusPage } from './status-page.ts';
import { createTraceRoutes } from './trace-routes.ts';

export type AdminServerOptions = {
  readonly routes: Pick<RouteTable, 'pools'>;
  readonly traces: Pick<TraceStore, 'find' | 'list'>;
  readonly config: AdminConfig;
  /** Of the proxy itself: 503 on /readyz while it drains. */
  readonly readiness: Readiness;
  readonly metrics: Metrics | undefined;
  /** Whether profiles of the process can be taken: `--no-profile`. Default false. */
  readonly profile?: boolean;
  /** Whether active checks are on. */
  readonly activeChecks: () => boolean;
  /** Whether this upstream is the proxy itself. */
  readonly isOwnListener: (upstream: Upstream) => boolean;
  /** Returns a number from 0 up to 1. */
  readonly random: () => number;
  readonly access: { readonly adminHost: string; readonly adminToken: string | undefined };
  readonly logger: Logger;
  readonly clock: Clock;
};

const translate = (error: unknown): unknown =>
  error instanceof URIError
    ? new AppError(httpErrors.REQUEST_INVALID, { detail: 'The path holds a broken percent-encoding.' })
    : toBodyError(error);

/** Creates the admin server: pools, configuration, health, metrics. Off loopback it needs a token. */
export const createAdminServer = (options: AdminServerOptions): StoppableServer => {
  const { routes, traces, config, readiness, metrics, profile = false, logger, clock } = options;
  const { activeChecks, isOwnListener, random, access } = options;
  const app = express();
  app.disable('x-powered-by').set('query parser', 'simple').set('etag', false);
  app.use((request, response, next) => {
    response.setHeader('X-Request-Id', requestIdOf(request.headers['x-request-id']));
    response.setHeader('Cache-Control', 'no-store');
    next();
  });
  app.use(requireOwnOrigin(access.adminHost));
  app.use(createStatusPage());
  const token = requireToken(() => access.adminToken);
  for (const [path, handler] of createOperationalPaths({ readiness, metrics, profile, clock })) {
    // Probes and scrapers have no token.
    if (path.startsWith('/debug/')) app.use(path, token);
    app
      .route(path)
      .get(handler)
      .all(methodNotAllowed(['GET', 'HEAD']));
  }
  app.use(token);
  app.use(...readJson);
  app.use(createDescriptionRoute());
  app.use(createConfigRoutes(config));
  app.use(createTraceRoutes(traces));
  app.use(createPoolRoutes({ routes, activeChecks, isOwnListener, random, logger }));
  app.use(notFound());
  app.use(errorHandler({ logger, translate }));
  // A readiness of its own: the admin side reports the state of the proxy, and serves while the proxy drains.
  return createStoppableServer(serializeRequests(app), {
    readiness: { ...readiness, draining: false },
    clock,
    refuse: (request, response, error) =>
      sendProblem(request, response, error, { requestId: requestIdOf(request.headers['x-request-id']) }),
  });
};
