import { defineService } from '../definition/service-definition.ts';
import { copiesSetting, databaseUrlSetting, stackPort } from '../definition/stack-settings.ts';
import { binOf, innerServerArgs, smallYoungHeap } from './app-command.ts';

/** Copies of the JSON API on one database. */
export const api = defineService({
  name: 'api',
  description: 'The API server',
  settings: () => ({
    copies: copiesSetting(3, 'How many copies of the API server to start'),
    apiPort: stackPort(8081, 'Port of the first copy of the API; the others take the next free ones'),
    databaseUrl: databaseUrlSetting,
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
  run: {
    type: 'process',
    command: ({ checkout, config: { resources }, name, port }) => ({
      type: 'node',
      options: smallYoungHeap,
      file: binOf(checkout, 'api-server'),
      args: [
        ...['--port', `${port}`, '--name', name, ...innerServerArgs],
        ...(resources ? ['--resources', resources.join(',')] : []),
      ],
    }),
  },
  environment: ({ urlOf, config: { databaseUrl } }) => ({
    DATABASE_URL: urlOf('postgres'),
    // A database of the user gets no demo rows.
    DEMO_ROWS: String(databaseUrl === undefined),
  }),
  needs: ['postgres'],
  healthPath: '/readyz',
  stopGraceMs: 4000,
  addresses: ({ ports, url }) => [
    ['API', `${url}/api/images.json`],
    ['Copies', ports.length === 0 ? 'none' : ports.map((port) => `http://127.0.0.1:${port}`).join('  ')],
  ],
});
