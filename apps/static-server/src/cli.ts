import { runCli } from '@tripod/shared/process/run-cli';
import { staticServerSettings } from './config.ts';
import { startStaticServer } from './start.ts';

await runCli({
  name: 'static-server',
  description: 'Serves the files of a folder.',
  settings: staticServerSettings,
  examples: [
    'static-server --path assets --port 8082',
    'static-server --path assets --api-url http://localhost:8081',
    'static-server --path assets --host 0.0.0.0 --csp off',
    'static-server --config static-server.json',
  ],
  start: startStaticServer,
});
