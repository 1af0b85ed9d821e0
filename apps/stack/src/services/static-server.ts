import { statSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '@tripod/shared/config/config-error';
import { defineService } from '../definition/service-definition.ts';
import { apiPortSetting, stackPort } from '../definition/stack-settings.ts';
import { buildPage } from '../page/build-page.ts';
import { binOf, innerServerArgs, smallYoungHeap } from './app-command.ts';

const builtPage = (dir: string): string => join(dir, 'page');

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
    pageSource: {
      type: 'string',
      minLength: 1,
      path: true,
      placeholder: 'folder',
      environment: false,
      description:
        'A package that Vite builds into the state folder when its sources have changed; served in place of the folder of assets',
    },
    staticPort: stackPort(
      8082,
      'Port of the static server (a gallery opened there asks the first copy of the API directly)',
    ),
    apiPort: apiPortSetting,
  }),
  check: ({ assets, pageSource }) => {
    const [flag, folder] = pageSource === undefined ? ['--assets', assets] : ['--page-source', pageSource];
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
    throw new ConfigError([{ source: flag, problem: `must name a folder, and names ${folder}` }]);
  },
  ports: ['staticPort'],
  pool: { name: 'static', prefix: '/' },
  prepare: async ({ config: { pageSource }, dir, ...context }) => {
    if (pageSource !== undefined) await buildPage({ ...context, source: pageSource, outDir: builtPage(dir) });
  },
  run: {
    type: 'process',
    command: ({ checkout, config: { assets, pageSource, apiPort }, dir, port }) => ({
      type: 'node',
      options: smallYoungHeap,
      file: binOf(checkout, 'static-server'),
      args: [
        '--path',
        pageSource === undefined ? assets : builtPage(dir),
        '--port',
        `${port}`,
        '--api-url',
        `:${apiPort}`,
        ...innerServerArgs,
      ],
    }),
  },
  needs: [],
  stopGraceMs: 4000,
  addresses: ({ ports: [port] }) => [['Static', `http://127.0.0.1:${port}/`]],
});
