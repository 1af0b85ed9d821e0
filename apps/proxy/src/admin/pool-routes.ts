import { AppError } from '@tripod/shared/errors/app-error';
import { methodNotAllowed } from '@tripod/shared/http/not-found';
import { Ajv, type ValidateFunction } from 'ajv';
import express, { type Request, type Router } from 'express';
import { Upstream } from '../balancing/upstream.ts';
import type { UpstreamPool } from '../balancing/upstream-pool.ts';
import { parseUpstreamUrl } from '../routing/route-config.ts';
import { reportPool, reportUpstream } from './pool-report.ts';

type NewUpstream = { readonly url: string; readonly weight?: number };
type UpstreamChange = { readonly draining?: boolean; readonly weight?: number };

const weight = { type: 'integer', minimum: 1, maximum: 1000 };
const ajv = new Ajv();
const isNewUpstream: ValidateFunction<NewUpstream> = ajv.compile({
  type: 'object',
  required: ['url'],
  additionalProperties: false,
  properties: { url: { type: 'string', maxLength: 300 }, weight },
});
const isUpstreamChange: ValidateFunction<UpstreamChange> = ajv.compile({
  type: 'object',
  minProperties: 1,
  additionalProperties: false,
  properties: { draining: { type: 'boolean' }, weight },
});

const parseBody = <T>(check: ValidateFunction<T>, body: unknown): T => {
  if (check(body)) return body;
  const errors = (check.errors ?? []).map(({ instancePath, message = '' }) => ({
    pointer: `#${instancePath}`,
    detail: message,
  }));
  throw new AppError('ADMIN_BODY_INVALID', { errors });
};

const parseUrl = (text: string): URL => {
  try {
    return parseUpstreamUrl(text);
  } catch (error) {
    const detail = error instanceof Error ? error.message : 'is not valid';
    throw new AppError('ADMIN_BODY_INVALID', { errors: [{ pointer: '#/url', detail }] });
  }
};

/** `/pools`: what the proxy knows of its upstreams, and adding, draining and removing them. */
export const createPoolRoutes = (pools: readonly UpstreamPool[], activeChecks: boolean): Router => {
  const router = express.Router();
  const findPool = (request: Request): UpstreamPool => {
    const pool = pools.find(({ name }) => name === request.params['pool']);
    if (!pool) throw new AppError('ADMIN_POOL_UNKNOWN');
    return pool;
  };
  const findUpstream = (request: Request): Upstream => {
    const upstream = findPool(request).find(String(request.params['id']));
    if (!upstream) throw new AppError('ADMIN_UPSTREAM_UNKNOWN');
    return upstream;
  };

  router
    .route('/pools')
    .get((_request, response) => void response.json(pools.map(reportPool)))
    .all(methodNotAllowed(['GET', 'HEAD']));

  router
    .route('/pools/:pool')
    .get((request, response) => void response.json(reportPool(findPool(request))))
    .all(methodNotAllowed(['GET', 'HEAD']));

  router
    .route('/pools/:pool/upstreams')
    .post((request, response) => {
      const pool = findPool(request);
      const { url, weight: share } = parseBody(isNewUpstream, request.body);
      const parsed = parseUrl(url);
      // Its first requests wait for its first passed check: it may still be starting.
      const options = {
        url: parsed,
        healthy: !activeChecks,
        ...(share === undefined ? {} : { weight: share }),
      };
      const upstream = new Upstream(options);
      if (pool.find(upstream.id)) throw new AppError('ADMIN_UPSTREAM_EXISTS');
      pool.add(upstream);
      response.status(201).json(reportUpstream(upstream));
    })
    .all(methodNotAllowed(['POST']));

  router
    .route('/pools/:pool/upstreams/:id')
    .get((request, response) => void response.json(reportUpstream(findUpstream(request))))
    .patch((request, response) => {
      const upstream = findUpstream(request);
      const change = parseBody(isUpstreamChange, request.body);
      if (change.draining !== undefined) upstream.setDraining(change.draining);
      if (change.weight !== undefined) upstream.weight = change.weight;
      response.json(reportUpstream(upstream));
    })
    .delete((request, response) => {
      const upstream = findUpstream(request);
      upstream.setDraining(true);
      findPool(request).remove(upstream);
      response.json(reportUpstream(upstream));
    })
    .all(methodNotAllowed(['GET', 'HEAD', 'PATCH', 'DELETE']));
  return router;
};
