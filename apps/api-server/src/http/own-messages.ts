import { IncomingMessage, ServerResponse } from 'node:http';
import type { Express } from 'express';

/** What `http.createServer` takes as its `IncomingMessage` and `ServerResponse`. */
export type OwnMessages = {
  readonly IncomingMessage: typeof IncomingMessage;
  readonly ServerResponse: typeof ServerResponse;
};

/**
 * Classes for a server whose one listener is this app. Express gives each request and response the app's prototypes;
 * changing a prototype makes the engine forget what it had learnt about all of node:http, which costs more than
 * everything else on the way. Of these classes the prototypes are the app's from the start, so that nothing changes.
 *
 * To be called before anything is mounted: mounting copies the prototypes. On any other server the app works as ever.
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
