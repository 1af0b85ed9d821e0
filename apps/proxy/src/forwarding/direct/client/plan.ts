import { AppError } from '@tripod/shared/errors/app-error';
import type { RouteTable, Routing } from '../../../routing/route-table.ts';
import { HeadCache } from '../wire/head-cache.ts';
import { parseRequestHead, type RequestHead } from '../wire/request-head.ts';

/** A parsed head and the decision of the route table about it. */
export type Plan = {
  readonly head: RequestHead;
  readonly routing: Routing | { readonly kind: 'refused'; readonly error: AppError };
};

/** The plan of a request that is forwarded to an upstream. */
export type ForwardPlan = Plan & { readonly routing: Routing & { readonly kind: 'forward' } };

export const isForward = (plan: Plan): plan is ForwardPlan => plan.routing.kind === 'forward';

const makePlan = (text: string, routes: RouteTable): Plan => {
  const head = parseRequestHead(text);
  try {
    return { head, routing: routes.route(head) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { head, routing: { kind: 'refused', error } };
  }
};

/**
 * Creates a function that returns the cache of plans for the current routes. Call it for each head: a reload of the
 * routes empties the cache. Plans of heads with credentials are not cached. Reading a malformed head throws a
 * MessageError.
 */
export const createPlans = (routes: RouteTable): (() => HeadCache<Plan>) => {
  let { version } = routes;
  const plans = new HeadCache<Plan>(
    (text) => makePlan(text, routes),
    (plan) => (plan.head.isSecret ? undefined : plan),
  );
  return () => {
    if (version !== routes.version) {
      version = routes.version;
      plans.clear();
    }
    return plans;
  };
};
