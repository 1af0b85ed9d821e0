import { defineService } from '../definition/service-definition.ts';
import {
  apiPortSetting,
  copiesSetting,
  databaseUrlSetting,
  stateUrlSetting,
} from '../definition/stack-settings.ts';
import { insertDemoData } from '../demo/insert-demo-data.ts';
import { binOf, innerServerArgs, smallYoungHeap } from './app-command.ts';

/** Copies of the JSON API on one database. */
export const api = defineService({
  name: 'api',
  description: 'The API server',
  settings: () => ({
    copies: copiesSetting(3, 'How many copies of the API server to start'),
    apiPort: apiPortSetting,
    databaseUrl: databaseUrlSetting,
    stateUrl: stateUrlSetting,
    demoData: {
      type: 'structure',
      description: 'How many rows each resource gets when the database in the embedded Postgres is new',
      schema: {
        type: 'object',
        description: 'an object with the names of resources',
        additionalProperties: { type: 'integer', minimum: 0, description: 'a whole number of 0 or more' },
      },
    },
    writeToken: {
      type: 'string',
      pattern: '^[\\w.~+/-]{1,1000}=*$',
      secret: true,
      shape: 'letters, digits and -._~+/',
      description: 'Token that every POST to the API must send as Authorization: Bearer TOKEN',
    },
    writeLimit: {
      type: 'string',
      pattern: '^[1-9]\\d{0,5}/s$',
      environment: false,
      placeholder: 'N/s',
      shape: 'a whole number of requests per second such as 10/s',
      description: 'Most POSTs of one client address to each copy of the API; default: no limit',
    },
    resources: {
      type: 'array',
      environment: false,
      placeholder: 'names',
      description: 'Resources that the copies of the API serve; default: all',
    },
  }),
  ports: ['apiPort'],
  replicas: 'copies',
  pool: { name: 'api', prefix: '/api/' },
  prepare: async ({ checkout, urlOf, config: { demoData, databaseUrl: own, resources }, ...context }) => {
    const databaseUrl = urlOf('postgres');
    // A database of the user gets no demo data.
    if (demoData === undefined || own !== undefined || databaseUrl === undefined) return;
    await insertDemoData({
      ...context,
      rows: demoData as Readonly<Record<string, number>>,
      resources,
      file: binOf(checkout, 'api-server'),
      databaseUrl,
    });
  },
  run: {
    type: 'process',
    command: ({ checkout, config: { resources, writeLimit }, name, port }) => ({
      type: 'node',
      options: smallYoungHeap,
      file: binOf(checkout, 'api-server'),
      args: [
        ...['--port', `${port}`, '--name', name, ...innerServerArgs],
        ...(resources ? ['--resources', resources.join(',')] : []),
        ...(writeLimit === undefined ? [] : ['--write-limit', writeLimit]),
      ],
    }),
  },
  environment: ({ urlOf, config: { databaseUrl, stateUrl, writeToken } }) => ({
    DATABASE_URL: urlOf('postgres'),
    STATE_URL: stateUrl ?? urlOf('redis'),
    WRITE_TOKEN: writeToken,
    // A database of the user gets no demo rows.
    DEMO_ROWS: String(databaseUrl === undefined),
  }),
  needs: ['postgres', 'redis'],
  healthPath: '/readyz',
  stopGraceMs: 4000,
  addresses: ({ ports, url }) => [
    ['API', `${url}/api/images.json`],
    ['Copies', ports.length === 0 ? 'none' : ports.map((port) => `http://127.0.0.1:${port}`).join('  ')],
  ],
});
