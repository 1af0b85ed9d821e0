import type { IncomingMessage, ServerResponse } from 'node:http';
import { isListedTag } from '@tripod/shared/http/entity-tags';
import { entityTagOf } from './entity-tag.ts';

/** Answers 200 with a JSON text that is not to be kept: what a POST created. */
export const sendJson = (response: ServerResponse, body: string): void => {
  response.writeHead(200, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  });
  response.end(body);
};

/**
 * Answers GET and HEAD with a JSON text that caches may keep and must ask about each time: 200, or 304 without a
 * body when the client has this very text already.
 */
export const sendCachedJson = (request: IncomingMessage, response: ServerResponse, body: string): void => {
  const tag = entityTagOf(body);
  const caching = { ETag: tag, 'Cache-Control': 'no-cache' };
  const known = request.headers['if-none-match'];
  if (known !== undefined && isListedTag(known, tag, 'weak')) {
    response.writeHead(304, caching);
    response.end();
    return;
  }
  response.writeHead(200, {
    ...caching,
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
};
