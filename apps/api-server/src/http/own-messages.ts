import { IncomingMessage, ServerResponse } from 'node:http';
import type { Express } from 'express';

/** What `http.createServer` takes as its `IncomingMessage` and `ServerResponse`. */
export type OwnMessages = {
  readonly IncomingMessage: typeof IncomingMessage;
  readonly ServerResponse: typeof ServerResponse;
};

/**
 * Makes message classes for a server whose only listener is this app. Express sets the prototype of each request and
 * response to the app's own; changing a prototype discards what V8 has optimised for objects of node:http, which costs
 * more than the rest of a request. Messages of these classes have the prototypes of the app from the start, so that
 * nothing changes.
 *
 * Call it before anything is mounted, because mounting copies the prototypes. On another server the app works as usual.
 */
export const createOwnMessages = (app: Express): OwnMessages => {
  class AppRequest extends IncomingMessage {}
  Object.setPrototypeOf(AppRequest.prototype, app.request);
  app.request = AppRequest.prototype as Express['request'];
  class AppResponse extends ServerResponse {}
  Object.setPrototypeOf(AppResponse.prototype, app.response);
  app.response = AppResponse.prototype as Express['response'];
  return { IncomingMessage: AppRequest, ServerResponse: AppResponse as typeof ServerResponse };
};
