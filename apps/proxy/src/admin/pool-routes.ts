import { toStructureFaults } from '@tripod/shared/config/structure-faults';
import { AppError } from '@tripod/shared/errors/app-error';
import { methodNotAllowed } from '@tripod/shared/http/not-found';
import { queryOf } from '@tripod/shared/http/request-target';
import type { Logger } from '@tripod/shared/logging/logger';
import { Ajv, type ValidateFunction } from 'ajv';
import express, { type Request, type Router } from 'express';
import { drainUpstream } from '../balancing/drain-upstream.ts';
import {
  createPolicy,
  type PolicySetting,
  parsePolicy,
  policySchema,
} from '../balancing/policies/policy-table.ts';
import { Upstream } from '../balancing/upstream.ts';
import { maxPoolUpstreams, type UpstreamPool } from '../balancing/upstream-pool.ts';
import { parseUpstreamUrl } from '../routing/route-config.ts';
import { maxInFlightSchema, weightSchema } from '../routing/route-schema.ts';
import type { RouteTable } from '../routing/route-table.ts';
import { adminErrors } from './admin-errors.ts';
import { reportPool, reportUpstream } from './pool-report.ts';

/** The fields of an upstream that can be set; `maxInFlight` null removes the limit. */
type UpstreamChange = {
  readonly weight?: number;
  readonly maxInFlight?: number | null;
  readonly draining?: boolean;
  readonly enabled?: boolean;
};
type NewUpstream = UpstreamChange & { readonly url: string };

const changes = {
  weight: weightSchema,
  maxInFlight: { ...maxInFlightSchema, nullable: true },
  draining: { type: 'boolean' },
  enabled: { type: 'boolean' },
};
const ajv = new Ajv({ allErrors: true, verbose: true });
/** The body that adds an upstream. */
export const newUpstreamSchema = {
  type: 'object',
  required: ['url'],
  additionalProperties: false,
  properties: { url: { type: 'string', maxLength: 300 }, ...changes },
};
const isNewUpstream: ValidateFunction<NewUpstream> = ajv.compile(newUpstreamSchema);
/** The body that changes an upstream. */
export const upstreamChangeSchema = {
  type: 'object',
  minProperties: 1,
  additionalProperties: false,
  properties: changes,
};
const isUpstreamChange: ValidateFunction<UpstreamChange> = ajv.compile(upstreamChangeSchema);

/** The body that changes a pool. */
export const poolChangeSchema = {
  type: 'object',
  required: ['policy'],
  additionalProperties: false,
  properties: { policy: policySchema },
};
const isPoolChange: ValidateFunction<{ readonly policy: PolicySetting }> = ajv.compile(poolChangeSchema);

const parseBody = <T>(check: ValidateFunction<T>, body: unknown): T => {
  if (check(body)) return body;
  const errors = toStructureFaults(check.errors ?? []).map(({ pointer, problem }) => ({
    pointer: `#${pointer}`,
    detail: problem,
  }));
  throw new AppError(adminErrors.ADMIN_BODY_INVALID, { errors });
};

const invalidUrl = (detail: string): AppError =>
  new AppError(adminErrors.ADMIN_BODY_INVALID, { errors: [{ pointer: '#/url', detail }] });

const parseUrl = (text: string): URL => {
  try {
    return parseUpstreamUrl(text);
  } catch (error) {
    throw invalidUrl(error instanceof Error ? error.message : 'is not valid');
  }
};

export type PoolRoutesOptions = {
  readonly routes: Pick<RouteTable, 'pools'>;
  readonly activeChecks: () => boolean;
  readonly isOwnListener: (upstream: Upstream) => boolean;
  /** Returns a number from 0 up to 1, for policies that choose at random. */
  readonly random: () => number;
  readonly logger: Logger;
};

/** `/pools` reports the upstreams and their counters; upstreams can be added, changed and removed. */
export const createPoolRoutes = ({
  routes,
  activeChecks,
  isOwnListener,
  random,
  logger,
}: PoolRoutesOptions): Router => {
  const router = express.Router();
  const findPool = (request: Request): UpstreamPool => {
    const pool = routes.pools.find(({ name }) => name === request.params['pool']);
    if (!pool) throw new AppError(adminErrors.ADMIN_POOL_UNKNOWN);
    return pool;
  };
  const change = (upstream: Upstream, pool: UpstreamPool, wanted: UpstreamChange): void => {
    const { weight, maxInFlight, draining, enabled } = wanted;
    if (weight !== undefined) upstream.weight = weight;
    if (maxInFlight !== undefined) upstream.setMaxInFlight(maxInFlight ?? Number.POSITIVE_INFINITY);
    if (draining === true) drainUpstream(upstream, pool, logger);
    if (draining === false) upstream.setDraining(false);
    if (enabled !== undefined) upstream.setEnabled(enabled);
  };
  const findUpstream = (request: Request): Upstream => {
    const upstream = findPool(request).find(String(request.params['id']));
    if (!upstream) throw new AppError(adminErrors.ADMIN_UPSTREAM_UNKNOWN);
    return upstream;
  };

  router
    .route('/pools')
    .get((request, response) => {
      const latencyBuckets = new URLSearchParams(queryOf(request.url)).get('latency') === 'buckets';
      response.json(routes.pools.map((pool) => reportPool(pool, { latencyBuckets })));
    })
    .all(methodNotAllowed(['GET', 'HEAD']));

  router
    .route('/pools/:pool')
    .get((request, response) => void response.json(reportPool(findPool(request))))
    .patch((request, response) => {
      const pool = findPool(request);
      const choice = parsePolicy(parseBody(isPoolChange, request.body).policy);
      pool.setPolicy(choice, createPolicy(choice, random));
      logger.info('policy changed', { pool: pool.name, policy: choice.name });
      response.json(reportPool(pool));
    })
    .all(methodNotAllowed(['GET', 'HEAD', 'PATCH']));

  router
    .route('/pools/:pool/upstreams')
    .post((request, response) => {
      const pool = findPool(request);
      const { url, ...wanted } = parseBody(isNewUpstream, request.body);
      // It may still be starting, so it gets requests only after its first passed check.
      const { slowStartMs } = pool;
      const upstream = new Upstream({ url: parseUrl(url), slowStartMs, healthy: !activeChecks() });
      if (isOwnListener(upstream)) throw invalidUrl('must not be the proxy itself');
      if (pool.upstreams.length >= maxPoolUpstreams) throw new AppError(adminErrors.ADMIN_POOL_FULL);
      if (pool.find(upstream.id)) throw new AppError(adminErrors.ADMIN_UPSTREAM_EXISTS);
      change(upstream, pool, wanted);
      pool.add(upstream);
      response.status(201).json(reportUpstream(upstream));
    })
    .all(methodNotAllowed(['POST']));

  router
    .route('/pools/:pool/upstreams/:id')
    .get((request, response) => void response.json(reportUpstream(findUpstream(request))))
    .patch((request, response) => {
      const upstream = findUpstream(request);
      change(upstream, findPool(request), parseBody(isUpstreamChange, request.body));
      response.json(reportUpstream(upstream));
    })
    .delete((request, response) => {
      const upstream = findUpstream(request);
      const pool = findPool(request);
      pool.remove(upstream);
      drainUpstream(upstream, pool, logger);
      response.json(reportUpstream(upstream));
    })
    .all(methodNotAllowed(['GET', 'HEAD', 'PATCH', 'DELETE']));
  return router;
};
