import { runCli } from '@tripod/shared/process/run-cli';
import { proxySettings } from './config.ts';
import { startProxy } from './start.ts';

await runCli({
  name: 'proxy',
  description: 'A reverse proxy and load balancer.',
  settings: proxySettings,
  examples: [
    'proxy',
    'proxy --port 9000 --route /api/=http://127.0.0.1:8081,http://127.0.0.1:8083 --route /=http://127.0.0.1:8082',
    'proxy --health-path off --max-fails 3',
    'proxy --config config/proxy.json',
  ],
  reloads: true,
  start: (_settings, context) => startProxy(context.source, context),
});
