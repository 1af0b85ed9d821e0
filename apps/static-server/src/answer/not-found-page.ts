import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '@tripod/shared/errors/app-error';
import { requestIdFor } from '@tripod/shared/http/observe-requests';
import { prefersHtml } from '@tripod/shared/http/problem';
import type { Logger } from '@tripod/shared/logging/logger';
import { securityFields } from '../headers/representation.ts';
import type { FileCache } from '../memory/file-cache.ts';
import { sendFromDisk } from './send-from-disk.ts';
import { endFromMemory } from './serve-from-memory.ts';

type Next = (error?: unknown) => void;

export type NotFoundPageOptions = {
  readonly cache: FileCache;
  readonly logger: Logger;
  /** Undefined sends no Content-Security-Policy. */
  readonly csp: string | undefined;
};

/**
 * Creates the error middleware that answers a 404 with the root's `404.html`, when there is one and the client
 * prefers HTML.
 */
export const serveNotFoundPage = ({ cache, csp, logger }: NotFoundPageOptions) =>
  async function sendNotFoundPage(
    error: unknown,
    request: IncomingMessage,
    response: ServerResponse,
    next: Next,
  ): Promise<void> {
    const isWanted =
      error instanceof AppError && error.code === 'NOT_FOUND' && prefersHtml(request.headers.accept);
    const page = isWanted
      ? await cache.find({ segments: ['404.html'], isFolder: false }).catch(() => undefined)
      : undefined;
    if (page === undefined || page.kind === 'folder') {
      next(error);
      return;
    }
    const contentType = 'text/html; charset=utf-8';
    const size = page.kind === 'open' ? Number(page.stats.size) : page.identity.size;
    const writeHeader = (): void => {
      response.writeHead(404, [
        ...['X-Request-Id', requestIdFor(response), 'Content-Type', contentType],
        ...securityFields(contentType, csp),
        ...['Cache-Control', 'no-store', 'Vary', 'Accept', 'Content-Length', String(size)],
      ]);
    };
    try {
      if (page.kind === 'open') await sendFromDisk(request, response, page, { writeHeader, logger });
      else {
        writeHeader();
        endFromMemory(request, response, page, { status: 200, representation: page.identity });
      }
    } finally {
      if (page.kind === 'open') await page.file.close();
      else page.release();
    }
  };
