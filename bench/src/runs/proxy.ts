import { bareHttpProxy } from '../contestants/bare-http-proxy.ts';
import { haproxy } from '../contestants/haproxy.ts';
import { nginxProxy } from '../contestants/nginx-proxy.ts';
import { tripodProxy } from '../contestants/tripod-proxy.ts';
import type { Run } from '../definition/run.ts';
import { proxyGoals, proxyLoads } from '../loads/proxy-loads.ts';
import { startUpstreams } from '../machine/start-upstreams.ts';

export const run: Run = {
  about: "Tripod's proxy with both engines beside nginx, HAProxy and the bare npm package",
  contestants: [
    tripodProxy({ name: 'direct', about: "Tripod's proxy with its default engine and default settings" }),
    tripodProxy({
      name: 'combined',
      about: 'direct with --log-format combined, the log format of nginx',
      options: { '--log-format': 'combined' },
    }),
    tripodProxy({
      name: 'http-proxy',
      about: "Tripod's proxy with the npm package as its engine",
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
