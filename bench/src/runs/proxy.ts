import { bareHttpProxy } from '../contestants/bare-http-proxy.ts';
import { haproxy } from '../contestants/haproxy.ts';
import { nginxProxy } from '../contestants/nginx-proxy.ts';
import { ourProxy } from '../contestants/our-proxy.ts';
import { proxyGoals, proxyLoads } from '../loads/proxy-loads.ts';
import { startUpstreams } from '../machine/start-upstreams.ts';
import type { Run } from '../run.ts';

export const run: Run = {
  about: 'our proxy, by both engines, against nginx, HAProxy and the bare npm package',
  contestants: [
    ourProxy({ name: 'direct', about: 'our proxy with its default engine and default settings' }),
    ourProxy({
      name: 'combined',
      about: 'direct with --log-format combined, the line that nginx writes',
      options: { '--log-format': 'combined' },
    }),
    ourProxy({
      name: 'http-proxy',
      about: 'our proxy with the npm package as its engine',
      options: { '--engine': 'http-proxy' },
    }),
    bareHttpProxy,
    nginxProxy,
    haproxy,
  ],
  peer: 'nginx',
  programs: ['nginx'],
  chartTitle: 'Reverse proxies on one core',
  loads: proxyLoads,
  goals: proxyGoals,
  prepare: startUpstreams,
};
