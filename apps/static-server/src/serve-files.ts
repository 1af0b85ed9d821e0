import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '@tripod/shared/errors/app-error';
import { requestIdFor } from '@tripod/shared/http/observe-requests';
import { prefersHtml } from '@tripod/shared/http/problem';
import type { Logger } from '@tripod/shared/logging/logger';
import type { Clock } from '@tripod/shared/process/clock';
import { type ByteRange, parseByteRange } from './byte-range.ts';
import { evaluateConditions, isRangeCurrent } from './conditional.ts';
import { fromDiskError } from './disk-error.ts';
import { contentHeadersOf, fileHeadersOf } from './file-headers.ts';
import type { FindFile, OpenFile } from './find-file.ts';
import { parseRequestTarget } from './request-target.ts';
import { parsePath, type RequestedPath } from './resolve-path.ts';
import { isClientGone, sendBytes } from './send-file.ts';

export type ServeFilesOptions = {
  readonly findFile: FindFile;
  /** Undefined: no Content-Security-Policy. */
  readonly csp: string | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
};

type Next = (error?: unknown) => void;

const setHeaders = (response: ServerResponse, headers: Readonly<Record<string, string>>): void => {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
};

/** Made of the decoded names, so it begins with one slash whatever was sent: `//evil` would be another site. */
const redirectToFolder = (response: ServerResponse, { segments }: RequestedPath, query: string): void => {
  const location = `/${segments.map(encodeURIComponent).join('/')}/${query}`;
  response.statusCode = 308;
  setHeaders(response, {
    Location: location,
    'Cache-Control': 'no-cache',
    'Content-Length': '0',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end();
};

type Body = {
  readonly found: OpenFile;
  /** Undefined: all of it. */
  readonly range?: ByteRange | undefined;
  readonly logger: Logger;
};

const sendBody = async (
  request: IncomingMessage,
  response: ServerResponse,
  { found: { file, size }, range = { first: 0, last: size - 1 }, logger }: Body,
): Promise<void> => {
  const length = range.last + 1 - range.first;
  response.setHeader('Content-Length', length);
  if (request.method === 'HEAD' || length === 0) {
    response.end();
    return;
  }
  try {
    await sendBytes(response, file, range);
  } catch (error) {
    if (isClientGone(error)) return;
    if (!response.destroyed) throw fromDiskError(error);
    logger.error('an answer was broken off', { requestId: requestIdFor(response), error });
  }
};

const sendFound = async (
  request: IncomingMessage,
  response: ServerResponse,
  found: OpenFile,
  { csp, clock, logger }: ServeFilesOptions,
): Promise<void> => {
  const { headers } = request;
  const outcome = evaluateConditions(headers, found);
  if (outcome === 'failed') throw new AppError('STATIC_PRECONDITION_FAILED');
  // Ranges are defined for GET alone (RFC 9110 14.2).
  const asked = request.method === 'GET' && isRangeCurrent(headers['if-range']?.toString(), found);
  const range = asked && outcome === 'send' ? parseByteRange(headers.range, found.size) : undefined;
  setHeaders(response, fileHeadersOf(found, { csp, nowMs: clock.wallMs() }));
  if (outcome === 'not-modified') {
    response.removeHeader('Content-Type');
    response.statusCode = 304;
    response.end();
    return;
  }
  if (range) {
    response.statusCode = 206;
    response.setHeader('Content-Range', `bytes ${range.first}-${range.last}/${found.size}`);
  }
  await sendBody(request, response, { found, range, logger });
};

/** Middleware: answers GET and HEAD with the file of the path, or passes on an AppError that says why not. */
export const serveFiles = (options: ServeFilesOptions) =>
  async function serveFile(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { path, query } = parseRequestTarget(request.url ?? '');
    const requested = parsePath(path);
    const found = await options.findFile(requested);
    if (found.kind === 'folder') {
      redirectToFolder(response, requested, query);
      return;
    }
    try {
      await sendFound(request, response, found, options);
    } finally {
      await found.file.close();
    }
  };

/** Error middleware: a person in a browser who asked for nothing that is here gets the root's own `404.html`. */
export const serveNotFoundPage = ({ findFile, csp, logger }: ServeFilesOptions) =>
  async function answerWithOwnPage(
    error: unknown,
    request: IncomingMessage,
    response: ServerResponse,
    next: Next,
  ): Promise<void> {
    const wanted =
      error instanceof AppError && error.code === 'NOT_FOUND' && prefersHtml(request.headers.accept);
    const page = wanted
      ? await findFile({ segments: ['404.html'], isFolder: false }).catch(() => undefined)
      : undefined;
    if (page?.kind !== 'file') {
      next(error);
      return;
    }
    try {
      response.statusCode = 404;
      setHeaders(response, {
        ...contentHeadersOf(page.name, csp),
        'Cache-Control': 'no-store',
        Vary: 'Accept',
      });
      await sendBody(request, response, { found: page, logger });
    } finally {
      await page.file.close();
    }
  };
