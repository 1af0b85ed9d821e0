import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '@tripod/shared/config/config-error';
import { defineService } from '../definition/service-definition.ts';
import { findNginx } from '../nginx/find-nginx.ts';
import { createNginxBalancer } from '../nginx/nginx-balancer.ts';
import { reachableHost } from '../supervisor/reachable-host.ts';
import { frontSettings } from './front-settings.ts';

const hasIpv6 = (): boolean =>
  Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));

/** nginx in place of our proxy, with config/nginx.conf. */
export const nginx = defineService({
  name: 'nginx',
  description: 'nginx',
  settings: () => frontSettings,
  isEnabled: ({ proxy }) => proxy === 'nginx',
  check: ({ policy }) => {
    if (policy === 'round-robin') return;
    const problem =
      'is for our own proxy; with --proxy nginx it must be round-robin, as in config/nginx.conf';
    throw new ConfigError([{ source: '--policy', problem }]);
  },
  ports: ['port'],
  host: 'host',
  run: {
    type: 'balancer',
    create: ({ checkout, config: { host, port }, searchPath, ...context }) =>
      createNginxBalancer({
        ...context,
        nginx: findNginx(searchPath),
        templateDir: join(checkout, 'config'),
        host,
        port,
        ipv6: hasIpv6(),
      }),
  },
  needs: [],
  readiness: ({ host }) => ({ type: 'tcp', host: reachableHost(host).replace(/[[\]]/g, '') }),
  stopGraceMs: 8000,
  addresses: ({ url }) => [['Gallery', `${url}/`]],
});
