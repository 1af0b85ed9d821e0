import { statSync } from 'node:fs';
import { ConfigError } from '@tripod/shared/config/config-error';
import { defineService } from '../definition/service-definition.ts';
import { stackPort } from '../definition/stack-settings.ts';
import { binOf, innerServerArgs, smallYoungHeap } from './app-command.ts';

/** The server of the pages. */
export const staticServer = defineService({
  name: 'static-server',
  description: 'The static server',
  settings: ({ checkout }) => ({
    assets: {
      type: 'string',
      minLength: 1,
      path: true,
      default: `${checkout}/assets`,
      placeholder: 'folder',
      environment: false,
      description: 'The folder that the static server serves',
    },
    staticPort: stackPort(
      8082,
      'Port of the static server (the gallery opened there asks the API on 8081 directly)',
    ),
  }),
  check: ({ assets }) => {
    if (statSync(assets, { throwIfNoEntry: false })?.isDirectory()) return;
    throw new ConfigError([{ source: '--assets', problem: `must name a folder, and names ${assets}` }]);
  },
  ports: ['staticPort'],
  pool: { name: 'static', prefix: '/' },
  run: {
    type: 'process',
    command: ({ checkout, config: { assets }, port }) => ({
      type: 'node',
      options: smallYoungHeap,
      file: binOf(checkout, 'static-server'),
      args: ['--path', assets, '--port', `${port}`, ...innerServerArgs],
    }),
  },
  needs: [],
  stopGraceMs: 4000,
  addresses: ({ ports: [port] }) => [['Static', `http://127.0.0.1:${port}/`]],
});
