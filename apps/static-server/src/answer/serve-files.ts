import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '@tripod/shared/errors/app-error';
import { requestIdFor } from '@tripod/shared/http/observe-requests';
import { prefersHtml } from '@tripod/shared/http/problem';
import type { Logger } from '@tripod/shared/logging/logger';
import type { OpenFile } from '../files/disk.ts';
import { createBusyError } from '../files/disk-errors.ts';
import { createRepresentation, type DescribeFile, statsEtag } from '../headers/representation.ts';
import type { FileCache, FoundFile } from '../memory/file-cache.ts';
import { decodePath, type RequestedPath, type RequestTarget } from '../path/request-target.ts';
import { chooseAnswer } from './choose-answer.ts';
import type { ReadCodings } from './content-coding.ts';
import { FileChangedError, sendFromDisk } from './send-from-disk.ts';
import { endFromMemory } from './serve-from-memory.ts';
import { writeAnswerHeader } from './write-header.ts';

export type ServeFilesOptions = {
  readonly cache: FileCache;
  readonly describe: DescribeFile;
  readonly readCodings: ReadCodings;
  /** Whether paths that are no files are answered with the root's `index.html`, for an application to route. */
  readonly spa: boolean;
  readonly logger: Logger;
  /** The parsed target of a request. */
  readonly targetOf: (request: IncomingMessage) => RequestTarget;
};

/**
 * Redirects to the same path with a slash. The reference is relative, so that it holds behind a proxy that strips a
 * prefix; `./` keeps a colon in the name from being read as a scheme (RFC 3986 4.2).
 */
const redirectToFolder = (response: ServerResponse, { path, query }: RequestTarget): void => {
  const name = path.slice(path.lastIndexOf('/') + 1);
  response
    .setHeader('Location', `./${name}/${query}`)
    .setHeader('Cache-Control', 'no-cache')
    .setHeader('Content-Length', '0')
    .setHeader('X-Content-Type-Options', 'nosniff');
  response.statusCode = 308;
  response.end();
};

const rootPage: RequestedPath = { segments: [], isFolder: true };

const hasExtension = ({ segments }: RequestedPath): boolean => (segments.at(-1) ?? '').includes('.');

/** The file to serve, the path to describe it by, and whether the choice depends on the Accept header. */
type Found = { readonly path: RequestedPath; readonly file: FoundFile; readonly variesByAccept: boolean };

/** Finds the file of a path. With `--spa`, a path without a file is the root page. */
const findFile = async (
  path: RequestedPath,
  accept: string | undefined,
  { cache, spa }: ServeFilesOptions,
): Promise<Found> => {
  try {
    return { path, file: await cache.find(path), variesByAccept: false };
  } catch (error) {
    if (!spa || !(error instanceof AppError && error.code === 'NOT_FOUND')) throw error;
    // A missing script or picture must not get a page. A view may have a dot in its path, but only a navigation asks
    // for HTML.
    const variesByAccept = hasExtension(path);
    if (variesByAccept && !prefersHtml(accept)) throw error;
    return { path: rootPage, file: await cache.find(rootPage), variesByAccept };
  }
};

/** How often a response is started again because its file was written to at that moment. */
const maxTries = 10;

/** Creates the middleware that serves files for GET and HEAD. Fails with an AppError when there is nothing to serve. */
export const serveFiles = (options: ServeFilesOptions) => {
  const { readCodings, describe, logger, targetOf } = options;

  const serveOpen = async (
    request: IncomingMessage,
    response: ServerResponse,
    open: OpenFile,
    { path, variesByAccept }: Found,
  ): Promise<void> => {
    try {
      const { stats } = open;
      const own = { coding: undefined, etag: statsEtag(stats), size: Number(stats.size) };
      const identity = createRepresentation(describe(path, stats), own);
      const answer = chooseAnswer(request, { identity, representationFor: () => identity }, []);
      const writeHeader = (): void =>
        writeAnswerHeader(response, requestIdFor(response), answer, variesByAccept);
      if (answer.status === 304) {
        writeHeader();
        response.end();
        return;
      }
      await sendFromDisk(request, response, open, { range: answer.range, writeHeader, logger });
    } finally {
      await open.file.close();
    }
  };

  const serveOnce = async (
    request: IncomingMessage,
    response: ServerResponse,
    path: RequestedPath,
  ): Promise<void> => {
    const found = await findFile(path, request.headers.accept, options);
    const { file, variesByAccept } = found;
    if (file.kind === 'folder') {
      redirectToFolder(response, targetOf(request));
      return;
    }
    if (file.kind === 'open') {
      await serveOpen(request, response, file, found);
      return;
    }
    try {
      const codings = readCodings(request.headers['accept-encoding']?.toString());
      const answer = chooseAnswer(request, file, codings);
      writeAnswerHeader(response, requestIdFor(response), answer, variesByAccept);
      endFromMemory(request, response, file, answer);
    } finally {
      file.release();
    }
  };

  return async function serveFile(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodePath(targetOf(request).path);
    for (let tries = 1; ; tries += 1) {
      try {
        await serveOnce(request, response, path);
        return;
      } catch (error) {
        // Nothing was sent yet, so the next try can serve the new version.
        if (!(error instanceof FileChangedError) || response.headersSent) throw error;
        if (tries === maxTries) throw createBusyError(error);
      }
    }
  };
};
