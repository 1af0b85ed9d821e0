import { ConfigError } from '@tripod/shared/config/config-error';
import { pathOfRoute, type Route } from '../balancer/route.ts';
import { checkBudget } from '../budget/budget.ts';
import { firstPortOf, selectRoutes, selectServices } from '../definition/select-services.ts';
import type { AnyService } from '../definition/service-definition.ts';
import type { StackConfig } from '../definition/stack-settings.ts';
import { reachableHost } from '../supervisor/reachable-host.ts';

/** What a configuration makes of the services, before anything is started. */
export type StackPlan = {
  /** The services that run, in the order in which `ps` lists them. */
  readonly services: readonly AnyService[];
  readonly routes: readonly Route[];
  /** The service that balances; undefined when none does. */
  readonly front: AnyService | undefined;
  /** The address of the load balancer, or else of the first service that listens. */
  readonly url: string;
};

const isFilled = ({ pool }: AnyService, routes: readonly Route[]): boolean =>
  routes.some((route) => route.pool === pool?.name);

const findUrl = (front: AnyService | undefined, config: StackConfig): string => {
  const host = front?.host === undefined ? 'localhost' : String(config[front.host]);
  return `http://${reachableHost(host)}:${(front && firstPortOf(front, config)) ?? 0}`;
};

/** The services whose pools have a route. */
export const routedServices = ({ services, routes }: StackPlan): readonly AnyService[] =>
  services.filter((service) => isFilled(service, routes));

/** What a service needs: its own needs, and for a load balancer the services of its pools. */
export const needsOf = (service: AnyService, plan: StackPlan): readonly string[] =>
  service.run.type === 'balancer'
    ? [...service.needs, ...routedServices(plan).map(({ name }) => name)]
    : service.needs;

/** Makes the plan. Throws a ConfigError when values do not fit together. */
export const planStack = (all: readonly AnyService[], config: StackConfig): StackPlan => {
  const services = selectServices(all, config);
  for (const { check } of services) check?.(config as never);
  const front = services.find(({ run }) => run.type === 'balancer');
  const routes = front ? selectRoutes(services, config) : [];
  const pools = services.flatMap(({ pool }) => pool?.name ?? []);
  const unfilled = routes.find(({ pool }) => !pools.includes(pool));
  if (unfilled) {
    const problem = `sends ${pathOfRoute(unfilled)} to the pool ${unfilled.pool}, which no started service fills`;
    throw new ConfigError([{ source: '#/routes', problem }]);
  }
  const balancers = all.filter(({ run }) => run.type === 'balancer');
  if (config.budget) {
    checkBudget(config.budget, {
      running: services.filter(({ isOutsideBudget }) => !isOutsideBudget).map(({ name }) => name),
      alternatives: balancers.map(({ name }) => name),
    });
  }
  const entrance = front ?? services.find(({ ports }) => ports.length > 0);
  return { services, routes, front, url: findUrl(entrance, config) };
};
