import { AppError } from '@tripod/shared/errors/app-error';
import type { RouteTable, Routing } from '../../routing/route-table.ts';
import { HeadMemo } from './head-memo.ts';
import { parseRequestHead, type RequestHead } from './request-head.ts';

/** What a head means here: parsed, and where it goes, if anywhere. */
export type Plan = {
  readonly head: RequestHead;
  readonly routing: Routing | { readonly kind: 'refused'; readonly error: AppError };
};

/** The plan of a request that goes to an upstream. */
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
 * The plans of this table, remembered for heads that repeat, unless they hold credentials. To be asked for with each head: a
 * reload makes those that were made void. Reading a head that is none throws a MessageError.
 */
export const createPlans = (routes: RouteTable): (() => HeadMemo<Plan>) => {
  let { version } = routes;
  const plans = new HeadMemo<Plan>(
    (text) => makePlan(text, routes),
    (plan) => (plan.head.isSecret ? undefined : plan),
  );
  return () => {
    if (version !== routes.version) {
      version = routes.version;
      plans.forget();
    }
    return plans;
  };
};
