import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AnyService, defineService } from '../../src/definition/service-definition.ts';
import { copiesSetting, stackPort } from '../../src/definition/stack-settings.ts';
import { binOf } from '../../src/services/app-command.ts';
import { checkout } from './fixture-stack.ts';

/** Copies of a real server of ours that needs no database. It serves one page from a folder that is made for it. */
export const createSiteService = (folder: string): AnyService => {
  const pages = join(folder, 'pages');
  mkdirSync(pages);
  writeFileSync(join(pages, 'index.html'), '<!doctype html><title>page</title>');
  return defineService({
    name: 'site',
    description: 'The site',
    settings: () => ({
      sites: copiesSetting(2, 'How many copies of the site to start'),
      sitePort: stackPort(7000, 'Port of the first copy of the site'),
    }),
    ports: ['sitePort'],
    replicas: 'sites',
    pool: { name: 'site', prefix: '/' },
    run: {
      type: 'process',
      command: ({ port }) => ({
        type: 'node',
        file: binOf(checkout, 'static-server'),
        args: ['--path', pages, '--port', `${port}`, '--host', '127.0.0.1', '--log-format', 'json'],
      }),
    },
    needs: [],
    stopGraceMs: 4000,
  });
};
