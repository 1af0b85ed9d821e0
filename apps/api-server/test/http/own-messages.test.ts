import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import express, { type Express } from 'express';
import supertest from 'supertest';
import { createOwnMessages } from '../../src/http/own-messages.ts';

/** Adds routes that use ordinary features of Express. */
const fill = (app: Express): void => {
  app.use((_request, response, next) => {
    response.locals['seen'] = 'by middleware';
    next();
  });
  app.get('/json', (request, response) => {
    response.status(201).json({ path: request.path, query: request.query, seen: response.locals['seen'] });
  });
  app.get('/people/:name', (request, response) => {
    response.type('text').send(`${request.params.name} of ${request.app === app ? 'this app' : 'another'}`);
  });
  app.post('/echo', express.json(), (request, response) => {
    response.set('X-Echo', request.get('X-Echo') ?? '').send(request.body);
  });
  const inner = express();
  inner.get('/', (request, response) => {
    response.json({ base: request.baseUrl, own: request.app === inner });
  });
  app.use('/inner', inner);
  app.get('/back', (_request, response) => {
    response.redirect('/json');
  });
  app.get('/throw', () => {
    throw new Error('thrown');
  });
  app.get('/reject', () => Promise.reject(new Error('rejected')));
  app.use(((error: Error, _request, response, _next) => {
    response.status(500).json({ error: error.message });
  }) satisfies express.ErrorRequestHandler);
};

describe('createOwnMessages', () => {
  const prototypes: boolean[] = [];
  let app: Express;
  let server: Server;
  beforeAll(async () => {
    app = express();
    const messages = createOwnMessages(app);
    fill(app);
    server = createServer(messages, (request, response) => {
      // Before Express has set any prototype.
      prototypes.push(Object.getPrototypeOf(request) === app.request);
      prototypes.push(Object.getPrototypeOf(response) === app.response);
      app(request, response);
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise<unknown>((resolve) => void server.close(resolve)));

  it('gives every request and response the prototypes of the app from the start', async () => {
    const { port } = server.address() as AddressInfo;
    await fetch(`http://127.0.0.1:${port}/json`);
    expect(prototypes.length).toBeGreaterThan(0);
    expect(prototypes).not.toContain(false);
  });

  const both: [string, () => Server | Express][] = [
    ['a server with its classes', () => server],
    ['any other server', () => app],
  ];
  describe.each(both)('on %s', (_which, target) => {
    it.each([
      ['/json?a=1', 201, { path: '/json', query: { a: '1' }, seen: 'by middleware' }],
      ['/inner', 200, { base: '/inner', own: true }],
      ['/throw', 500, { error: 'thrown' }],
      ['/reject', 500, { error: 'rejected' }],
    ])('answers %s as Express does', async (path, status, body) => {
      await expect(supertest(target()).get(path)).resolves.toMatchObject({ status, body });
    });

    it('supports parameters, bodies, headers and redirects of Express', async () => {
      const ask = () => supertest(target());
      await expect(ask().get('/people/ann')).resolves.toMatchObject({ text: 'ann of this app' });
      const echo = await ask()
        .post('/echo')
        .set('X-Echo', 'yes')
        .send({ a: [1] });
      expect([echo.body, echo.headers['x-echo']]).toEqual([{ a: [1] }, 'yes']);
      await expect(ask().get('/back')).resolves.toMatchObject({ status: 302 });
      await expect(ask().get('/nothing')).resolves.toMatchObject({ status: 404 });
    });
  });
});
