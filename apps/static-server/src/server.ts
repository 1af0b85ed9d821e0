import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Clock } from '@tripod/shared/async/clock';
import { AppError } from '@tripod/shared/errors/app-error';
import { errorHandler } from '@tripod/shared/http/error-handler';
import { httpErrors } from '@tripod/shared/http/http-errors';
import { createRequestObserver } from '@tripod/shared/http/observe-requests';
import type { Readiness } from '@tripod/shared/http/readiness';
import type { Refuse } from '@tripod/shared/http/refuse-requests';
import { serializeRequests } from '@tripod/shared/http/serialize-requests';
import { createStoppableServer, type StoppableServer } from '@tripod/shared/http/stoppable-server';
import type { Logger } from '@tripod/shared/logging/logger';
import type { Metrics } from '@tripod/shared/metrics/metrics';
import { RequestMetrics } from '@tripod/shared/metrics/request-metrics';
import { createOperationalPaths } from '@tripod/shared/profiling/operational-paths';
import express from 'express';
import { createCodingReader } from './answer/content-coding.ts';
import { serveNotFoundPage } from './answer/not-found-page.ts';
import { createPageConfig, pageConfigPath } from './answer/page-config.ts';
import { serveFiles } from './answer/serve-files.ts';
import { createCacheHitHandler } from './answer/serve-from-memory.ts';
import type { Disk } from './files/disk.ts';
import { createCacheControl } from './headers/cache-control.ts';
import { createContentTypes } from './headers/content-type.ts';
import { createDescribeFile } from './headers/representation.ts';
import { registerCacheMetrics } from './memory/cache-index.ts';
import { createCompressor } from './memory/compressor.ts';
import { createFileCache } from './memory/file-cache.ts';
import { maxTreeBytes, preloadFiles } from './memory/preload.ts';
import { createFileFinder } from './path/file-finder.ts';
import { parseRequestTarget, type RequestTarget } from './path/request-target.ts';

export type StaticSite = {
  /** The absolute path of the folder to serve. */
  readonly root: string;
  /** The Content-Security-Policy of documents. Undefined sends none. */
  readonly csp: string | undefined;
  /** The address of the API that `/config.json` contains. Undefined serves the file of that name. */
  readonly apiUrl?: string | undefined;
  /** PATTERN=VALUE each. The first match wins. */
  readonly cacheControl: readonly string[];
  /** EXT=TYPE each. */
  readonly contentType: readonly string[];
  /** Whether paths that are no files are answered with `index.html`, for an application to route. */
  readonly spa: boolean;
  /** Memory for files. 0 reads every file from the disk. */
  readonly maxMemoryBytes: number;
};

export type StaticServerDependencies = {
  readonly disk: Disk;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly readiness: Readiness;
  /** Undefined with `--no-metrics`. */
  readonly metrics: Metrics | undefined;
  /** Whether profiles of the process can be taken: `--no-profile`. Default false. */
  readonly profile?: boolean;
};

export type StaticServer = StoppableServer & {
  /**
   * Loads a small tree into memory and compresses it. Resolves with the number of files when that is done or the server
   * stops; with undefined for a larger tree, which is loaded on first use.
   */
  preload(): Promise<number | undefined>;
};

/** Throws an AppError when the method or the form of the target is not supported. */
const parseRequest = ({ method, url = '' }: IncomingMessage): RequestTarget => {
  if (method !== 'GET' && method !== 'HEAD') {
    throw new AppError(httpErrors.METHOD_NOT_ALLOWED, { headers: { Allow: 'GET, HEAD' } });
  }
  return parseRequestTarget(url);
};

/** A client that does not read keeps its file in memory or open. nginx's `send_timeout` has the same default. */
const stallMs = 60_000;

/** Creates the static server of a folder. It does not listen yet. */
export const createStaticServer = (
  { root, csp, apiUrl, cacheControl, contentType, spa, maxMemoryBytes }: StaticSite,
  { disk, logger, clock, readiness, metrics, profile = false }: StaticServerDependencies,
): StaticServer => {
  const requestMetrics = new RequestMetrics();
  const ownPaths = new Map([
    ...createOperationalPaths({ readiness, metrics, profile, clock }),
    ...(apiUrl === undefined ? [] : [[pageConfigPath, createPageConfig(apiUrl)] as const]),
  ]);
  const describe = createDescribeFile(
    { csp, cacheControlOf: createCacheControl(cacheControl), contentTypeOf: createContentTypes(contentType) },
    clock,
  );
  const compressor = createCompressor(() => cache.index, logger, clock);
  const cache = createFileCache({
    describe,
    finder: createFileFinder(disk, root),
    clock,
    maxMemoryBytes,
    reservedPaths: new Set(ownPaths.keys()),
    onWorthCompressing: compressor.suggest,
  });
  if (metrics) {
    requestMetrics.register(metrics);
    registerCacheMetrics(metrics, cache.index);
  }
  const readCodings = createCodingReader();
  const observer = createRequestObserver({ logger, metrics: requestMetrics, clock });
  const serveCacheHit = createCacheHitHandler({ index: cache.index, observer, readCodings, clock });
  const handleError = errorHandler({ logger });
  const targets = new WeakMap<IncomingMessage, RequestTarget>();
  const targetOf = (request: IncomingMessage): RequestTarget =>
    targets.get(request) ?? parseRequestTarget(request.url ?? '');

  const app = express();
  // In production Express's own error responses hold no stack trace, whatever NODE_ENV is.
  app.set('env', 'production');
  app.set('query parser', 'simple');
  app.disable('x-powered-by').disable('etag');
  // Own paths win over files of the same names. Only their exact spelling does: it is what the proxy hides.
  app.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
    const serveOwn = ownPaths.get(targetOf(request).path);
    if (serveOwn) serveOwn(request, response);
    else next();
  });
  app.use(serveFiles({ cache, describe, readCodings, spa, logger, targetOf }));
  app.use(serveNotFoundPage({ cache, csp, logger }));
  app.use(handleError);

  // Express routes origin-form only and would send its own response to other forms.
  const serveByExpress: RequestListener = (request, response) => {
    try {
      const target = parseRequest(request);
      targets.set(request, target);
      request.url = target.path + target.query;
    } catch (error) {
      handleError(error, request, response, () => undefined);
      return;
    }
    app(request, response);
  };
  const listener: RequestListener = (request, response) => {
    if (serveCacheHit(request, response)) return;
    observer.observe(request, response, () => serveByExpress(request, response));
  };
  const refuse: Refuse = (request, response, error) =>
    observer.observe(request, response, () => handleError(error, request, response, () => undefined));
  const nodeOptions = { optimizeEmptyRequests: true };
  const server = createStoppableServer(serializeRequests(listener), {
    readiness,
    clock,
    refuse,
    nodeOptions,
    stallMs,
  });
  let stopped = false;
  return {
    ...server,
    async preload() {
      const maxBytes = Math.min(maxTreeBytes, maxMemoryBytes);
      const files = await preloadFiles({
        ...{ disk, root, cache, maxBytes },
        onLoaded: compressor.add,
        isStopped: () => stopped,
      });
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
