import { createInterface } from 'node:readline/promises';
import { runCli } from '@tripod/shared/process/run-cli';
import { checkProxyConfig } from './check.ts';
import { proxyCommands, proxySettings } from './config.ts';
import { explainUrls } from './explain.ts';
import { hashPassword } from './routing/rules/password.ts';
import { startProxy } from './start.ts';

/** The first line of stdin. A terminal shows what is typed, so the prompt says so. */
const readPassword = async (): Promise<string> => {
  const lines = createInterface({ input: process.stdin });
  if (process.stdin.isTTY) process.stderr.write('Password (it is shown as you type): ');
  for await (const line of lines) return line;
  return '';
};

await runCli({
  name: 'proxy',
  description: 'A reverse proxy and load balancer.',
  settings: proxySettings,
  commands: proxyCommands,
  operands: { explain: '<urls...>' },
  examples: [
    'proxy',
    'proxy --to 127.0.0.1:3000',
    'proxy --port 9000 --route /api/=http://127.0.0.1:8081,http://127.0.0.1:8083 --route /=http://127.0.0.1:8082',
    'proxy --health-path off --max-fails 3',
    'proxy --config config/proxy.json',
    'proxy check --config config/proxy.json',
    'proxy explain http://localhost:8080/api/images.json --config config/proxy.json',
  ],
  reloads: true,
  start: (_settings, context) => startProxy(context.source, context),
  run: {
    check: (settings, context) => checkProxyConfig(settings, context),
    explain: (settings, context) => explainUrls(settings, context),
    'hash-password': async (_settings, { print }) => print(await hashPassword(await readPassword())),
  },
});
