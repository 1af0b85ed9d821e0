import { renderReport } from '@tripod/load/report/html/render-report';
import type { Clock } from '@tripod/shared/async/clock';
import { AppError } from '@tripod/shared/errors/app-error';
import { errorHandler } from '@tripod/shared/http/error-handler';
import { announcesJson, isBodyError } from '@tripod/shared/http/json-body';
import { methodNotAllowed, notFound } from '@tripod/shared/http/not-found';
import type { Readiness } from '@tripod/shared/http/readiness';
import { requestIdOf } from '@tripod/shared/http/request-id';
import { createOwnOriginGuard } from '@tripod/shared/http/require-own-origin';
import { sendProblem } from '@tripod/shared/http/send-problem';
import { createStoppableServer, type StoppableServer } from '@tripod/shared/http/stoppable-server';
import type { Logger } from '@tripod/shared/logging/logger';
import express, { type RequestHandler } from 'express';
import type { ExperimentFacts } from '../web/src/wire.ts';
import { refused } from './errors/refused.ts';
import { roomErrors } from './errors/room-errors.ts';
import { takeProfile, toFlameTree } from './profiles/take-profile.ts';
import type { Room } from './room/room.ts';
import type { ProxyAdmin } from './stack/proxy-admin.ts';

export type ControlRoomServerOptions = {
  readonly room: Room;
  readonly experiments: readonly ExperimentFacts[];
  readonly admin: Pick<ProxyAdmin, 'findTrace'>;
  /** The folder of the built page; undefined when it was not built. */
  readonly page: string | undefined;
  readonly readiness: Readiness;
  readonly logger: Logger;
  readonly clock: Clock;
};

/** The page has no script or style of its own in HTML; charts set styles of elements. */
const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const requireJson: RequestHandler = (request, _response, next) =>
  next(announcesJson(request) ? undefined : new AppError(roomErrors.ROOM_TYPE_UNSUPPORTED));

const maxProfileSeconds = 60;

const translate = (error: unknown): unknown =>
  isBodyError(error)
    ? new AppError(roomErrors.ROOM_ACTION_INVALID, { detail: 'The body must be JSON of at most 16 KiB.' })
    : error;

/** Creates the server of the control room: its page, the event stream and the actions. It listens on loopback only. */
export const createControlRoomServer = (options: ControlRoomServerOptions): StoppableServer => {
  const { room, experiments, admin, page, readiness, logger, clock } = options;
  /** The last recording of each process, for its download. */
  const recorded = new Map<string, Buffer>();
  const app = express();
  app.disable('x-powered-by').set('query parser', 'simple').set('etag', false);
  app.use((request, response, next) => {
    response.setHeader('X-Request-Id', requestIdOf(request.headers['x-request-id']));
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Referrer-Policy', 'no-referrer');
    response.setHeader('Content-Security-Policy', pagePolicy);
    next();
  });
  // An event stream makes the stack measure, and a profile makes a process record.
  const isActive = (path: string): boolean => /^\/(events|profiles\/)/.test(path);
  app.use(createOwnOriginGuard(roomErrors.ROOM_ADDRESS_REFUSED, { isActive }));
  app
    .route('/livez')
    .get((_request, response) => void response.json({ status: 'live' }))
    .all(methodNotAllowed(['GET', 'HEAD']));
  app
    .route('/events')
    .get((_request, response) => room.pages.add(response))
    .all(methodNotAllowed(['GET']));
  app
    .route('/actions')
    .post(requireJson, express.json({ limit: '16kb' }), async (request, response) => {
      await room.act(request.body);
      response.status(202).json({ id: response.getHeader('X-Request-Id') });
    })
    .all(methodNotAllowed(['POST']));
  app
    .route('/experiments')
    .get((_request, response) => void response.json(experiments))
    .all(methodNotAllowed(['GET', 'HEAD']));
  app
    .route('/traces/:id')
    .get(async (request, response) => {
      response.json(await refused(() => admin.findTrace(request.params.id)));
    })
    .all(methodNotAllowed(['GET', 'HEAD']));
  app
    .route('/profiles/:process')
    .get(async (request, response) => {
      const process = request.params.process;
      const seconds = Number(request.query['seconds'] ?? 5);
      const port = room.portOf(process);
      if (port === undefined || !Number.isInteger(seconds) || seconds < 1 || seconds > maxProfileSeconds)
        throw new AppError(roomErrors.ROOM_PROFILE_INVALID);
      const left = new AbortController();
      response.once('close', () => left.abort());
      const gzipped = await refused(() => takeProfile(port, seconds, left.signal));
      recorded.set(process, gzipped);
      response.json({
        ...{ process, seconds, root: toFlameTree(gzipped) },
        download: `profiles/${encodeURIComponent(process)}/last.pb.gz`,
      });
    })
    .all(methodNotAllowed(['GET', 'HEAD']));
  app
    .route('/profiles/:process/last.pb.gz')
    .get((request, response) => {
      const gzipped = recorded.get(request.params.process);
      if (!gzipped) throw new AppError(roomErrors.ROOM_NO_REPORT);
      response.attachment(`${request.params.process}.pb.gz`).type('application/octet-stream').send(gzipped);
    })
    .all(methodNotAllowed(['GET', 'HEAD']));
  app
    .route('/report.html')
    .get((_request, response) => {
      const run = room.lastRun();
      if (!run) throw new AppError(roomErrors.ROOM_NO_REPORT);
      // The report has its own policy in its head.
      response.removeHeader('Content-Security-Policy');
      response.setHeader('Cache-Control', 'no-store');
      response.type('html').send(renderReport(run));
    })
    .all(methodNotAllowed(['GET', 'HEAD']));
  if (page === undefined)
    app.get('/', (_request, response) => {
      response.type('text').send('The page of the control room was not built. Start it with: pnpm dev\n');
    });
  else app.use(express.static(page, { index: 'index.html', dotfiles: 'ignore' }));
  app.use(notFound());
  app.use(errorHandler({ logger, translate }));
  return createStoppableServer(app, {
    readiness,
    clock,
    refuse: (request, response, error) =>
      sendProblem(request, response, error, { requestId: requestIdOf(request.headers['x-request-id']) }),
  });
};
