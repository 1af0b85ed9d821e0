import type { AnyService } from './definition/service-definition.ts';
import { api } from './services/api.ts';
import { controlRoom } from './services/control-room.ts';
import { nginx } from './services/nginx.ts';
import { postgres } from './services/postgres.ts';
import { proxy } from './services/proxy.ts';
import { redis } from './services/redis.ts';
import { staticServer } from './services/static-server.ts';
import { worker } from './services/worker.ts';

/** Every service that the stack can run, in the order in which `ps` lists them. The only list. */
export const services: readonly AnyService[] = [
  proxy,
  nginx,
  staticServer,
  api,
  worker,
  postgres,
  redis,
  controlRoom,
];
