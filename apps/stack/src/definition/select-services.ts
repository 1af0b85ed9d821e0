import type { Route } from '../balancer/route.ts';
import type { AnyService } from './service-definition.ts';
import type { StackConfig } from './stack-settings.ts';

/** The services that run with this configuration. */
export const selectServices = (services: readonly AnyService[], config: StackConfig): readonly AnyService[] =>
  services.filter(
    ({ name, isEnabled }) => config.services.includes(name) && (isEnabled?.(config as never) ?? true),
  );

/** The routes of a configuration file, or those of the services, the longest prefix first. */
export const selectRoutes = (services: readonly AnyService[], { routes }: StackConfig): readonly Route[] => {
  if (routes) return routes;
  const own = services.flatMap(({ pool }) => (pool ? [{ prefix: pool.prefix, pool: pool.name }] : []));
  return own.sort((a, b) => b.prefix.length - a.prefix.length);
};

/** The number in a setting that holds a port or a count. */
export const numberOf = (config: StackConfig, setting: string): number => Number(config[setting]);

/** The port on which a service, or its first copy, listens. Undefined when it does not listen. */
export const firstPortOf = ({ ports }: AnyService, config: StackConfig): number | undefined =>
  ports[0] === undefined ? undefined : numberOf(config, ports[0]);
