import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { defineService } from '../definition/service-definition.ts';
import { stackPort } from '../definition/stack-settings.ts';
import { buildPage } from '../page/build-page.ts';
import { binOf } from './app-command.ts';
import { adminPortSetting, frontSettings } from './front-settings.ts';

const sourceOf = (checkout: string): string => join(checkout, 'apps/control-room/web');
const policyFlag = ['--policies', frontSettings.policy.enum.join(',')];
const builtPage = (dir: string): string => join(dir, 'page');

/** The page on which load, copies and faults meet. It runs beside the system and is not reached through the proxy. */
export const controlRoom = defineService({
  name: 'control-room',
  description: 'The control room',
  settings: () => ({
    controlRoom: {
      type: 'boolean',
      default: true,
      environment: false,
      description: 'Do not start the control room, the page for load, copies and faults',
    },
    controlRoomPort: stackPort(8089, 'Port of the control room, on loopback only'),
    labFolder: {
      type: 'string',
      minLength: 1,
      path: true,
      placeholder: 'folder',
      environment: false,
      description: 'The folder of the lab, whose scenarios the control room runs; default: that of the lab',
    },
    port: frontSettings.port,
    proxy: frontSettings.proxy,
    adminPort: adminPortSetting,
  }),
  isEnabled: ({ controlRoom: isWanted }) => isWanted,
  isOutsideBudget: true,
  ports: ['controlRoomPort'],
  prepare: async ({ checkout, dir, ...context }) => {
    const source = sourceOf(checkout);
    if (existsSync(source)) await buildPage({ ...context, source, outDir: builtPage(dir) });
  },
  run: {
    type: 'process',
    command: ({ checkout, stateDir, dir, port, config }) => {
      const { labFolder, proxy, adminPort } = config;
      return {
        type: 'node',
        file: binOf(checkout, 'control-room'),
        args: [
          ...['--port', `${port}`, '--state-dir', stateDir, '--log-format', 'json'],
          ...['--target', `http://127.0.0.1:${config.port}`],
          ...(labFolder === undefined ? [] : ['--lab-folder', labFolder, '--lab', basename(labFolder)]),
          ...(proxy === 'nginx' ? [] : ['--admin-url', `http://127.0.0.1:${adminPort}`, ...policyFlag]),
          ...(existsSync(builtPage(dir)) ? ['--page', builtPage(dir)] : []),
        ],
      };
    },
  },
  needs: [],
  stopGraceMs: 12_000,
  addresses: ({ ports: [port] }) => [['Control room', `http://localhost:${port}/`]],
});
