import { methodNotAllowed } from '@tripod/shared/http/not-found';
import express, { type Router } from 'express';

/** Every setting with its value and where it came from. */
export type ConfigReport = {
  readonly file: string | null;
  readonly settings: Readonly<Record<string, { readonly value: unknown; readonly from: string }>>;
};

/** Names of the settings that a reload changed. */
export type Reloaded = { readonly changed: readonly string[] };

/** The configuration of the running proxy, as the admin side uses it. */
export type AdminConfig = {
  report(): ConfigReport;
  /** Reads the sources again. Throws an AppError that lists every problem; nothing has changed then. */
  reload(): Reloaded;
};

/** `/config` shows the configuration in force; `/config/reload` reads the config file again. */
export const createConfigRoutes = ({ report, reload }: AdminConfig): Router => {
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
