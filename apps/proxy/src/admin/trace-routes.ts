import { AppError } from '@tripod/shared/errors/app-error';
import { methodNotAllowed } from '@tripod/shared/http/not-found';
import express, { type Router } from 'express';
import type { TraceStore } from '../forwarding/trace-store.ts';
import { adminErrors } from './admin-errors.ts';

const usualLimit = 50;
const maxLimit = 1000;

const parseLimit = (text: unknown): number => {
  if (text === undefined) return usualLimit;
  const limit = typeof text === 'string' && /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > maxLimit) {
    const detail = `must be a whole number from 1 to ${maxLimit}`;
    throw new AppError(adminErrors.ADMIN_LIMIT_INVALID, { errors: [{ pointer: '#/limit', detail }] });
  }
  return limit;
};

/** `/traces` lists the last traces, the newest first; `/traces/REQUEST_ID` is one of them. */
export const createTraceRoutes = (traces: Pick<TraceStore, 'find' | 'list'>): Router => {
  const router = express.Router();
  router
    .route('/traces')
    .get((request, response) => void response.json(traces.list(parseLimit(request.query['limit']))))
    .all(methodNotAllowed(['GET', 'HEAD']));
  router
    .route('/traces/:id')
    .get((request, response) => {
      const trace = traces.find(request.params.id);
      if (!trace) throw new AppError(adminErrors.ADMIN_TRACE_UNKNOWN);
      response.json(trace);
    })
    .all(methodNotAllowed(['GET', 'HEAD']));
  return router;
};
