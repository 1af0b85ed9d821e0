import type { RequestListener } from 'node:http';
import type { Clock } from '@tripod/shared/async/clock';
import { AppError } from '@tripod/shared/errors/app-error';
import { errorHandler } from '@tripod/shared/http/error-handler';
import { httpErrors } from '@tripod/shared/http/http-errors';
import { methodNotAllowed, notFound } from '@tripod/shared/http/not-found';
import { createRequestObserver } from '@tripod/shared/http/observe-requests';
import type { Readiness } from '@tripod/shared/http/readiness';
import type { Refuse } from '@tripod/shared/http/refuse-requests';
import { serializeRequests } from '@tripod/shared/http/serialize-requests';
import { createStoppableServer, type StoppableServer } from '@tripod/shared/http/stoppable-server';
import type { Logger } from '@tripod/shared/logging/logger';
import type { Metrics } from '@tripod/shared/metrics/metrics';
import { RequestMetrics } from '@tripod/shared/metrics/request-metrics';
import type { HeapGuard } from '@tripod/shared/process/heap-guard';
import { createOperationalPaths } from '@tripod/shared/profiling/operational-paths';
import express, { type ErrorRequestHandler } from 'express';
import { allowOrigins, createCorsPolicy } from './http/allow-origins.ts';
import { checkBasePathIsFree, createBasePathResource } from './http/base-path-resource.ts';
import { createMount } from './http/mount.ts';
import { createOwnMessages } from './http/own-messages.ts';
import { createPipeline } from './http/pipeline.ts';
import { addStandingHeaders, createStandingHeaders, setHeaders } from './http/standing-headers.ts';
import { applySteps, type MountedResource } from './resource/define-resource.ts';
import { createDescriptionResource } from './resource/description-resource.ts';
import { indentOf } from './resource/indent.ts';
import type { OperationStep } from './resource/operation.ts';

export type ApiSite = {
  /** Origins whose pages may use the API; `*` for all, `none` for no CORS header at all. */
  readonly corsOrigins: readonly string[];
  /** The name of the copy, or undefined to leave X-Served-By out. */
  readonly servedBy: () => string | undefined;
  /** A path, such as `/api`, below which all operations are served as well. Default: none. */
  readonly basePath?: string | undefined;
};

export type ApiServerDependencies = {
  readonly resources: readonly MountedResource[];
  /** Rules for the operations of all resources. Default: none. */
  readonly steps?: readonly OperationStep[];
  readonly readiness: Readiness;
  /** Undefined with `--no-metrics`. */
  readonly metrics: Metrics | undefined;
  /** Whether profiles of the process can be taken: `--no-profile`. Default false. */
  readonly profile?: boolean;
  /** Refuses every operation with 503 while the heap is nearly full. Default: nothing is refused. */
  readonly heapGuard?: HeapGuard;
  readonly logger: Logger;
  readonly clock: Clock;
};

const isMalformedPath = (error: unknown): boolean =>
  error instanceof URIError && (error as { readonly status?: number }).status === 400;
/**
 * Express refuses a path parameter whose percent-encoding is malformed before any handler or middleware runs. Behind
 * the operations, this lets such a request go on as one for an unknown path.
 */
const passMalformedPaths: ErrorRequestHandler = (error, _request, _response, next) => {
  if (isMalformedPath(error)) next();
  else next(error);
};
const toNotFound = (error: unknown): unknown =>
  isMalformedPath(error) ? new AppError(httpErrors.NOT_FOUND) : undefined;

const pathOf = (url = ''): string => url.split('?', 1)[0] ?? '';

const memoryFull = (): AppError => new AppError(httpErrors.MEMORY_FULL, { headers: { 'Retry-After': '1' } });

/**
 * Makes one copy of the API. It does not listen yet, and connects to nothing. Throws a ConfigError for a base path at
 * which something else is served.
 */
export const createApiServer = (
  { corsOrigins, servedBy, basePath }: ApiSite,
  dependencies: ApiServerDependencies,
): StoppableServer => {
  const {
    resources,
    steps = [],
    readiness,
    metrics,
    profile = false,
    heapGuard,
    logger,
    clock,
  } = dependencies;
  const requestMetrics = new RequestMetrics();
  if (metrics) requestMetrics.register(metrics);

  const app = express();
  // Whatever NODE_ENV is: answers that Express makes itself must hold no stack.
  app.set('env', 'production');
  app.set('query parser', false);
  app.enable('case sensitive routing').enable('strict routing');
  app.disable('x-powered-by').disable('etag');
  const nodeOptions = { ...createOwnMessages(app), optimizeEmptyRequests: true };

  const operationalPaths = createOperationalPaths({ readiness, metrics, profile, clock });
  const basePaths = basePath === undefined ? [] : [createBasePathResource(basePath)];
  const served = [...applySteps(resources, steps), ...basePaths];
  const all = [...served, createDescriptionResource(served, basePath)];
  if (basePath !== undefined) {
    const paths = resources.flatMap(({ operations }) => operations.map(({ path }) => path));
    checkBasePathIsFree(basePath, paths, [...operationalPaths.keys()]);
  }
  const policy = createCorsPolicy(
    corsOrigins,
    all.flatMap(({ operations }) => operations),
  );
  const observer = createRequestObserver({ logger, metrics: requestMetrics, clock });
  const standingHeaders = createStandingHeaders(policy, servedBy);
  const mount = createMount(app, all, basePath);
  mount.addOperations(createPipeline({ observer, standingHeaders, clock }));

  app.use(passMalformedPaths);
  app.use(observer.observe);
  app.use(addStandingHeaders(servedBy));
  app.use(allowOrigins(policy));
  mount.refuseOtherMethods();
  for (const [path, answer] of operationalPaths) {
    app
      .route(path)
      .get(answer)
      .all(methodNotAllowed(['GET', 'HEAD', 'OPTIONS']));
  }
  app.use(notFound());
  const handleError = errorHandler({ logger, indentOf: ({ url }) => indentOf(url), translate: toNotFound });
  app.use(handleError);

  // Refusals that node:http would write itself get the same headers and log line as any other request.
  const refuse: Refuse = (request, response, refusal) => {
    observer.observe(request, response, () => undefined);
    setHeaders(response, standingHeaders(request.headers.origin));
    handleError(refusal, request, response, () => undefined);
  };
  const listener: RequestListener = (request, response) => {
    if (heapGuard?.isFull() && !operationalPaths.has(pathOf(request.url)))
      refuse(request, response, memoryFull());
    else app(request, response);
  };
  return createStoppableServer(serializeRequests(listener), { readiness, clock, refuse, nodeOptions });
};
