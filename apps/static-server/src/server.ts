import type { IncomingMessage, RequestListener } from 'node:http';
import type { Clock } from '@tripod/shared/async/clock';
import { AppError } from '@tripod/shared/errors/app-error';
import { errorHandler } from '@tripod/shared/http/error-handler';
import { createHealthPaths } from '@tripod/shared/http/health-paths';
import { httpErrors } from '@tripod/shared/http/http-errors';
import { inTurn } from '@tripod/shared/http/in-turn';
import { createRequestObserver } from '@tripod/shared/http/observe-requests';
import type { Readiness } from '@tripod/shared/http/readiness';
import type { Refuse } from '@tripod/shared/http/refuse-requests';
import { createStoppableServer, type StoppableServer } from '@tripod/shared/http/stoppable-server';
import type { Logger } from '@tripod/shared/logging/logger';
import type { Metrics } from '@tripod/shared/metrics/metrics';
import { RequestMetrics } from '@tripod/shared/metrics/request-metrics';
import express from 'express';
import { createHitAnswerer } from './answer-hit.ts';
import { createCacheControl } from './cache-control.ts';
import { createCompressor } from './compress.ts';
import { createCodingReader } from './content-coding.ts';
import type { Disk } from './disk.ts';
import { createDescribeFile } from './file-headers.ts';
import { createFileStore } from './file-store.ts';
import { createFileFinder } from './find-file.ts';
import { registerIndex } from './index-metrics.ts';
import { serveNotFoundPage } from './not-found-page.ts';
import { maxTreeBytes, prepareTree } from './prepare-tree.ts';
import { parseRequestTarget } from './request-target.ts';
import { serveFiles } from './serve-files.ts';
import { serveHealth } from './serve-health.ts';

export type StaticSite = {
  /** The folder whose files are served: an absolute path. */
  readonly root: string;
  /** Undefined: no Content-Security-Policy. */
  readonly csp: string | undefined;
  /** PATTERN=VALUE each, the first that fits counting. */
  readonly cacheControl: readonly string[];
  /** Whether paths without an extension that are no files are answered with `index.html`. */
  readonly spa: boolean;
  /** Memory for files; 0 reads each from the disk. */
  readonly maxMemoryBytes: number;
};

export type StaticServerDependencies = {
  readonly disk: Disk;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly readiness: Readiness;
  /** Undefined with `--no-metrics`. */
  readonly metrics: Metrics | undefined;
};

export type StaticServer = StoppableServer & {
  /**
   * Reads a small tree into memory and compresses it. Resolves, when that is done or the server stops,
   * with the number of files; undefined for a larger tree, which is read on first use.
   */
  prepare(): Promise<number | undefined>;
};

/** Throws what a request is refused for by its first line alone; makes an absolute target relative. */
const readRequestLine = (request: IncomingMessage): void => {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    throw new AppError(httpErrors.METHOD_NOT_ALLOWED, { headers: { Allow: 'GET, HEAD' } });
  }
  const { path, query } = parseRequestTarget(request.url ?? '');
  request.url = path + query;
};

/** A client that does not read would hold its part of the memory, or its file. As long as nginx waits (`send_timeout`). */
const stallMs = 60_000;

/** Makes the static server of a folder. It does not listen yet. */
export const createStaticServer = (
  { root, csp, cacheControl, spa, maxMemoryBytes }: StaticSite,
  { disk, logger, clock, readiness, metrics }: StaticServerDependencies,
): StaticServer => {
  const requestMetrics = new RequestMetrics();
  const healthPaths = createHealthPaths({ readiness, metrics });
  const headerOptions = { csp, cacheControlOf: createCacheControl(cacheControl) };
  const describe = createDescribeFile(headerOptions, clock);
  const compressor = createCompressor(() => store.index, logger);
  const store = createFileStore({
    describe,
    finder: createFileFinder(disk, root),
    clock,
    maxMemoryBytes,
    reservedPaths: new Set(healthPaths.keys()),
    onStored: compressor.add,
  });
  if (metrics) {
    requestMetrics.register(metrics);
    registerIndex(metrics, store.index);
  }
  const readCodings = createCodingReader();
  const observer = createRequestObserver({ logger, metrics: requestMetrics, clock });
  const answerHit = createHitAnswerer({ index: store.index, observer, readCodings, clock });
  const handleError = errorHandler({ logger });

  const app = express();
  // Whatever NODE_ENV says: what Express answers of itself holds no stack.
  app.set('env', 'production');
  app.set('query parser', 'simple');
  app.disable('x-powered-by').disable('etag');
  app.use(serveHealth(healthPaths));
  app.use(serveFiles({ store, describe, readCodings, spa, logger }));
  app.use(serveNotFoundPage({ store, csp, logger }));
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
  const listener: RequestListener = (request, response) => {
    if (!answerHit(request, response)) observer.observe(request, response, () => answer(request, response));
  };
  const refuse: Refuse = (request, response, error) =>
    observer.observe(request, response, () => handleError(error, request, response, () => undefined));
  const nodeOptions = { optimizeEmptyRequests: true };
  const server = createStoppableServer(inTurn(listener), { readiness, clock, refuse, nodeOptions, stallMs });
  let stopped = false;
  return {
    ...server,
    async prepare() {
      const maxBytes = Math.min(maxTreeBytes, maxMemoryBytes);
      const files = await prepareTree({ disk, root, store, maxBytes, isStopped: () => stopped });
      await compressor.idle();
      return files;
    },
    stop(options) {
      stopped = true;
      compressor.stop();
      return server.stop(options);
    },
  };
};
