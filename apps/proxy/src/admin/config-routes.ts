import { methodNotAllowed } from '@tripod/shared/http/not-found';
import express, { type Router } from 'express';
import type { LiveConfig } from '../live-config.ts';

/** `/config`: what holds and where it came from, and reading the file again. */
export const createConfigRoutes = ({ report, reload }: Pick<LiveConfig, 'report' | 'reload'>): Router => {
  const router = express.Router();
  router
    .route('/config')
    .get((_request, response) => void response.json(report()))
    .all(methodNotAllowed(['GET', 'HEAD']));
  router
    .route('/config/reload')
    .post((_request, response) => void response.json(reload()))
    .all(methodNotAllowed(['POST']));
  return router;
};
