import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '@tripod/shared/errors/app-error';
import { requestIdFor } from '@tripod/shared/http/observe-requests';
import { prefersHtml } from '@tripod/shared/http/problem';
import { policiesOf } from './file-headers.ts';
import { sendOpenBody } from './send-opened.ts';
import { endWithStored } from './send-stored.ts';
import type { ServeFilesOptions } from './serve-files.ts';

type Next = (error?: unknown) => void;

export type NotFoundPageOptions = Pick<ServeFilesOptions, 'store' | 'logger'> & {
  /** Undefined: no Content-Security-Policy. */
  readonly csp: string | undefined;
};

/** Error middleware: a person in a browser who asked for nothing that is here gets the root's own `404.html`. */
export const serveNotFoundPage = ({ store, csp, logger }: NotFoundPageOptions) =>
  async function answerWithOwnPage(
    error: unknown,
    request: IncomingMessage,
    response: ServerResponse,
    next: Next,
  ): Promise<void> {
    const wanted =
      error instanceof AppError && error.code === 'NOT_FOUND' && prefersHtml(request.headers.accept);
    const page = wanted
      ? await store.find({ segments: ['404.html'], isFolder: false }).catch(() => undefined)
      : undefined;
    if (page === undefined || page.kind === 'folder') {
      next(error);
      return;
    }
    const contentType = 'text/html; charset=utf-8';
    const size = page.kind === 'file' ? Number(page.stats.size) : page.identity.size;
    const writeHead = (): void => {
      response.writeHead(404, [
        ...['X-Request-Id', requestIdFor(response), 'Content-Type', contentType],
        ...policiesOf(contentType, csp),
        ...['Cache-Control', 'no-store', 'Vary', 'Accept', 'Content-Length', String(size)],
      ]);
    };
    try {
      if (page.kind === 'file') await sendOpenBody(request, response, page, { writeHead, logger });
      else {
        writeHead();
        endWithStored(request, response, page, { status: 200, form: page.identity });
      }
    } finally {
      if (page.kind === 'file') await page.file.close();
      else page.release();
    }
  };
