import { createProxyBalancer } from '../balancer/proxy-balancer.ts';
import { defineService } from '../definition/service-definition.ts';
import { binOf } from './app-command.ts';
import { adminPortSetting, frontSettings } from './front-settings.ts';

/** Our own proxy, with one of its engines. */
export const proxy = defineService({
  name: 'proxy',
  description: 'The proxy',
  settings: () => ({
    ...frontSettings,
    adminPort: adminPortSetting,
  }),
  isEnabled: ({ proxy }) => proxy !== 'nginx',
  ports: ['port', 'adminPort'],
  host: 'host',
  run: {
    type: 'balancer',
    create: ({ checkout, config, ...context }) => {
      const { host, port, adminPort, proxy: engine, policy } = config;
      const args = [
        ...['--host', host, '--port', `${port}`, '--admin-port', `${adminPort}`],
        ...['--engine', engine, '--policy', policy, '--log-format', 'json'],
      ];
      return createProxyBalancer({
        ...context,
        adminPort,
        command: { type: 'node', file: binOf(checkout, 'proxy'), args },
      });
    },
  },
  needs: [],
  stopGraceMs: 8000,
  addresses: ({ config: { adminPort }, url }) => [
    ['Gallery', `${url}/`],
    ['Admin', `http://127.0.0.1:${adminPort}/pools`],
  ],
});
