import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '@tripod/shared/errors/app-error';
import { requestIdFor } from '@tripod/shared/http/observe-requests';
import type { Logger } from '@tripod/shared/logging/logger';
import { writeAnswerHead } from './answer-head.ts';
import { chooseAnswer } from './choose-answer.ts';
import type { Coding } from './content-coding.ts';
import type { DescribeFile } from './file-headers.ts';
import type { FileStore, Found } from './file-store.ts';
import { parseRequestTarget } from './request-target.ts';
import { parsePath, type RequestedPath } from './resolve-path.ts';
import { FileChangedError } from './send-file.ts';
import { sendOpened } from './send-opened.ts';
import { endWithStored } from './send-stored.ts';
import { staticErrors } from './static-errors.ts';

export type ServeFilesOptions = {
  readonly store: FileStore;
  readonly describe: DescribeFile;
  readonly readCodings: (acceptEncoding: string | undefined) => readonly Coding[];
  /** Whether paths of an application's own are answered with the root's `index.html`. */
  readonly spa: boolean;
  readonly logger: Logger;
};

/** Made of the decoded names, so it begins with one slash whatever was sent: `//evil` would be another site. */
const redirectToFolder = (response: ServerResponse, { segments }: RequestedPath, query: string): void => {
  const location = `/${segments.map(encodeURIComponent).join('/')}/${query}`;
  response
    .setHeader('Location', location)
    .setHeader('Cache-Control', 'no-cache')
    .setHeader('Content-Length', '0')
    .setHeader('X-Content-Type-Options', 'nosniff');
  response.statusCode = 308;
  response.end();
};

const home: RequestedPath = { segments: [], isFolder: true };

/** Whether a path may be a view of an application and not a file: those have an extension. */
const isView = ({ segments }: RequestedPath): boolean => !(segments.at(-1) ?? '').includes('.');

type FoundFor = { readonly path: RequestedPath; readonly found: Found };

/** The file of a path, and the path that it has itself. In an application a view that is no file is its `index.html`. */
const findFor = async (path: RequestedPath, { store, spa }: ServeFilesOptions): Promise<FoundFor> => {
  try {
    return { path, found: await store.find(path) };
  } catch (error) {
    if (!spa || !(error instanceof AppError && error.code === 'NOT_FOUND') || !isView(path)) throw error;
    return { path: home, found: await store.find(home) };
  }
};

/** How often a file that is written to in that very moment is begun anew. */
const maxTries = 10;

const busyWith = (cause: FileChangedError): AppError =>
  new AppError(staticErrors.STATIC_BUSY, { cause, headers: { 'Retry-After': '1' } });

/** Middleware: answers GET and HEAD with the file of the path, or passes on an AppError that says why not. */
export const serveFiles = (options: ServeFilesOptions) => {
  const { readCodings, describe, logger } = options;
  const sendOnce = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const target = parseRequestTarget(request.url ?? '');
    const { path, found } = await findFor(parsePath(target.path), options);
    if (found.kind === 'folder') {
      redirectToFolder(response, path, target.query);
      return;
    }
    const codings = readCodings(request.headers['accept-encoding']?.toString());
    if (found.kind === 'file') {
      await sendOpened(request, response, found, { path, codings, describe, logger });
      return;
    }
    try {
      const answer = chooseAnswer(request, found, codings);
      writeAnswerHead(response, requestIdFor(response), answer);
      endWithStored(request, response, found, answer);
    } finally {
      found.release();
    }
  };
  return async function serveFile(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        await sendOnce(request, response);
        return;
      } catch (error) {
        // As long as nothing was sent, the next try finds what the file is now.
        if (!(error instanceof FileChangedError) || response.headersSent) throw error;
        if (tries === maxTries) throw busyWith(error);
      }
    }
  };
};
