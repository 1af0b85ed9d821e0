import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { AppError } from '@tripod/shared/errors/app-error';
import { errorHandler } from '@tripod/shared/http/error-handler';
import { createHealthPaths } from '@tripod/shared/http/health-paths';
import { observeRequests } from '@tripod/shared/http/observe-requests';
import type { Readiness } from '@tripod/shared/http/readiness';
import { createStoppableServer, type StoppableServer } from '@tripod/shared/http/stoppable-server';
import type { Logger } from '@tripod/shared/logging/logger';
import type { Metrics } from '@tripod/shared/metrics/metrics';
import { RequestMetrics } from '@tripod/shared/metrics/request-metrics';
import type { Clock } from '@tripod/shared/process/clock';
import express from 'express';
import type { Disk } from './disk.ts';
import { createFileFinder } from './find-file.ts';
import { parseRequestTarget } from './request-target.ts';
import { serveFiles, serveNotFoundPage } from './serve-files.ts';

export type StaticSite = {
  /** The folder whose files are served: an absolute path. */
  readonly root: string;
  /** Undefined: no Content-Security-Policy. */
  readonly csp: string | undefined;
};

export type StaticServerDependencies = {
  readonly disk: Disk;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly readiness: Readiness;
  /** Undefined with `--no-metrics`. */
  readonly metrics: Metrics | undefined;
};

type Next = (error?: unknown) => void;

/** Throws what a request is refused for by its first line alone; makes an absolute target relative. */
const readRequestLine = (request: IncomingMessage): void => {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    throw new AppError('METHOD_NOT_ALLOWED', { headers: { Allow: 'GET, HEAD' } });
  }
  const { path, query } = parseRequestTarget(request.url ?? '');
  request.url = path + query;
};

/** The operational paths win over files of the same names; only as they are spelled, for the proxy hides them so. */
const serveHealth = (paths: ReadonlyMap<string, RequestListener>) =>
  function answerHealth(request: IncomingMessage, response: ServerResponse, next: Next): void {
    const answer = paths.get((request.url ?? '').split('?', 1)[0] ?? '');
    if (answer) answer(request, response);
    else next();
  };

/** Makes the static server of a folder. It does not listen yet. */
export const createStaticServer = (
  { root, csp }: StaticSite,
  { disk, logger, clock, readiness, metrics }: StaticServerDependencies,
): StoppableServer => {
  const requestMetrics = new RequestMetrics();
  if (metrics) requestMetrics.register(metrics);
  const files = { findFile: createFileFinder(disk, root), csp, clock, logger };
  const observe = observeRequests({ logger, metrics: requestMetrics, clock });
  const handleError = errorHandler({ logger });

  const app = express();
  // Whatever NODE_ENV says: what Express answers of itself holds no stack.
  app.set('env', 'production');
  app.set('query parser', 'simple');
  app.disable('x-powered-by').disable('etag');
  app.use(serveHealth(createHealthPaths({ readiness, metrics })));
  app.use(serveFiles(files));
  app.use(serveNotFoundPage(files));
  app.use(handleError);

  // Express routes by origin-form alone, and answers in its own way what it can't read: it never sees such a target.
  const answer: RequestListener = (request, response) => {
    try {
      readRequestLine(request);
    } catch (error) {
      handleError(error, request, response, () => undefined);
      return;
    }
    app(request, response);
  };
  return createStoppableServer(
    (request, response) => observe(request, response, () => answer(request, response)),
    { readiness, clock },
  );
};
