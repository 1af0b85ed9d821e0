import type { Routing } from '../../routing/route-table.ts';
import type { RequestHead } from './request-head.ts';

/** What a head means here: parsed, and where it goes. */
export type Plan = { readonly head: RequestHead; readonly routing: Routing };

/** The plan of a request that goes to an upstream. */
export type ForwardPlan = Plan & { readonly routing: Routing & { readonly kind: 'forward' } };

export const isForward = (plan: Plan): plan is ForwardPlan => plan.routing.kind === 'forward';
