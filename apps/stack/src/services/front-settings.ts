import { serviceSettings } from '@tripod/shared/config/service-settings';
import { stackPort } from '../definition/stack-settings.ts';

/** Our proxy and its clients share this setting. */
export const adminPortSetting = stackPort(8090, 'Port of the admin API of our proxy');

/** Settings that the load balancers share, since one of them runs at a time. */
export const frontSettings = {
  port: stackPort(8080, 'Port of the load balancer: the address of the whole system'),
  host: {
    ...serviceSettings.host,
    environment: false,
    description:
      'Address of the load balancer; localhost means both 127.0.0.1 and ::1, 0.0.0.0 opens it to the network',
  },
  proxy: {
    type: 'string',
    enum: ['direct', 'http-proxy', 'nginx'],
    default: 'direct',
    placeholder: 'name',
    environment: false,
    description: 'The load balancer: our proxy, by the name of its engine, or nginx',
  },
  policy: {
    type: 'string',
    enum: ['round-robin', 'least-requests', 'random-two', 'peak-ewma', 'ip-hash', 'hash'],
    default: 'round-robin',
    placeholder: 'name',
    environment: false,
    description: 'How our proxy selects a copy',
  },
} as const;
