import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { policyNames } from '@tripod/proxy/balancing/policies/policy-table';
import { engineNames } from '@tripod/proxy/engine-table';
import type { ControlRequest } from '@tripod/stack-client/protocol';
import type { CommandDefinition } from '../src/command/command-definition.ts';
import { commands } from '../src/commands.ts';
import { createProgram } from '../src/program.ts';
import { services } from '../src/services.ts';
import { upSettings } from '../src/settings.ts';
import { checkout } from './support/fixture-stack.ts';
import { useTempFolders } from './support/temp-folder.ts';
import { createTestClient } from './support/test-client.ts';

const makeFolder = useTempFolders();

/** Parses a command line; `up` records its configuration instead of starting anything. */
const parse = async (args: readonly string[], environment: Record<string, string> = {}) => {
  const configs: Readonly<Record<string, unknown>>[] = [];
  const folders: string[] = [];
  const requests: ControlRequest[] = [];
  const recordConfig = (definition: CommandDefinition): CommandDefinition =>
    definition.name === 'up'
      ? { ...definition, run: async (_client, { config }) => void configs.push(config) }
      : definition;
  const program = createProgram({
    commands: commands.map(recordConfig),
    services,
    checkout,
    workingDir: '/here',
    environment,
    findStateDir: () => '/found',
    createClient: (stateDir) => {
      folders.push(stateDir);
      const ask = (request: ControlRequest): Promise<unknown> => {
        requests.push(request);
        return Promise.reject(new Error('asked'));
      };
      return createTestClient(makeFolder(), { ask }).client;
    },
  });
  let failure = '';
  await program.parseAsync([...args], { from: 'user' }).catch((error: Error) => {
    failure = error.message;
  });
  return { configs, folders, failure, requests };
};

const names = services.map(({ name }) => name).join(', ');
const scalable = services.filter(({ replicas }) => replicas !== undefined).map(({ name }) => name);
const scaleError = `scale must be called like: pnpm stack scale api=5, with a service among ${scalable.join(', ')} and a number from 0 to 16`;

describe('the command line of the stack', () => {
  it('starts three copies behind our own proxy on port 8080 by default', async () => {
    const { configs } = await parse(['up']);
    expect(configs).toEqual([
      expect.objectContaining({
        copies: 3,
        port: 8080,
        host: 'localhost',
        policy: 'round-robin',
        proxy: 'direct',
        addresses: { Gallery: '/', API: '/api/images.json' },
        assets: join(checkout, 'assets'),
        database: 'postgres',
        postgresDir: join(checkout, '.tripod'),
        resources: ['images'],
        stateDir: join(checkout, '.tripod'),
        apiPort: 8081,
        staticPort: 8082,
        adminPort: 8090,
        services: ['proxy', 'nginx', 'static-server', 'api', 'postgres', 'control-room'],
        controlRoomPort: 8089,
        labFolder: join(checkout, 'labs/gallery'),
        allLines: false,
        detach: false,
      }),
    ]);
  });

  it('resolves paths from the folder in which the command was typed', async () => {
    const { configs } = await parse(['up', '--assets', 'pages', '--state-dir', '../state']);
    expect(configs[0]).toMatchObject({ assets: '/here/pages', stateDir: '/state' });
  });

  it('takes only secrets from the environment', async () => {
    const environment = {
      PORT: '1',
      COPIES: '9',
      PROXY: 'nginx',
      DATABASE_URL: 'postgres://a/b',
      STATE_URL: 'redis://c',
    };
    const { configs } = await parse(['up'], environment);
    expect(configs[0]).toMatchObject({
      port: 8080,
      copies: 3,
      proxy: 'direct',
      databaseUrl: 'postgres://a/b',
      stateUrl: 'redis://c',
    });
  });

  it.each([
    [['up', '--proxy', 'caddy'], '--proxy must be one of direct, http-proxy, nginx, and is "caddy"'],
    [['up', '--copies', '17'], '--copies must be a whole number from 0 to 16, and is 17'],
    [['up', '--copies', '1.5'], '--copies must be a whole number from 0 to 16, and is "1.5"'],
    [['up', '--port', '0'], '--port must be a whole number from 1 to 65535, and is 0'],
    [['up', '--bogus'], "error: unknown option '--bogus'"],
    [['explode'], "error: unknown command 'explode'"],
    [['scale'], "error: missing required argument 'NAME=N'"],
    [['scale', 'api'], scaleError],
    [['scale', 'api=17'], scaleError],
    [['scale', 'static=2'], scaleError],
    [
      ['up', '--services', 'api,memcached'],
      `--services must name services among ${names}, and names "memcached"`,
    ],
    [['logs', 'api-1', '-n', 'many'], '--lines must be a whole number from 0 to 100000, and is "many"'],
  ])('refuses %j in one sentence', async (args, sentence) => {
    const { failure, configs } = await parse(args);
    expect([failure, configs]).toEqual([sentence, []]);
  });

  it('does not print a database address that it refuses', async () => {
    const { failure } = await parse(['up'], { DATABASE_URL: 'mysql://me:secret@there/db' });
    expect(failure).toBe('DATABASE_URL must be an address that begins with postgres://');
  });

  it('offers every engine of the proxy, and nginx', () => {
    expect(upSettings('/checkout')['proxy']?.enum).toEqual([...engineNames, 'nginx']);
  });

  it('offers every policy of the proxy', () => {
    expect(upSettings('/checkout')['policy']?.enum).toEqual(policyNames);
  });

  it.each(['ps', 'down'])('looks for the stack in the state folder that %s is given', async (command) => {
    const { folders, requests } = await parse([command, '--state-dir', 'x']);
    expect([folders, requests]).toEqual([['/here/x'], [{ command }]]);
  });

  it.each([
    [['scale', 'api=5'], { command: 'scale', name: 'api', count: 5 }],
    [['stop', 'api-2'], { command: 'stop', name: 'api-2' }],
    [['restart', 'api'], { command: 'restart', name: 'api' }],
  ])('sends %j to the stack as %j', async (args, request) => {
    expect((await parse(args)).requests).toEqual([request]);
  });

  it('has a help for every command, made from its definition', async () => {
    const program = createProgram({
      commands,
      services,
      checkout: '/checkout',
      workingDir: '/here',
      environment: {},
      createClient: () => createTestClient(makeFolder()).client,
      findStateDir: () => '/found',
    });
    expect(program.commands.map((command) => command.name())).toEqual(commands.map(({ name }) => name));
    const up = program.commands[0]?.helpInformation() ?? '';
    for (const name of ['--copies', '--admin-port', '--assets', '--detach', '--all-lines', '--config']) {
      expect(up).toContain(name);
    }
    expect(up).not.toContain('--database-url');
  });

  describe('with --config', () => {
    const parseFile = async (values: unknown, ...args: readonly string[]) => {
      const file = join(makeFolder(), 'lab.json');
      writeFileSync(file, JSON.stringify(values));
      const { configs, failure } = await parse(['up', '--config', file, ...args]);
      return { config: configs[0], failure: failure.replaceAll(file, 'FILE') };
    };

    it('takes copies, ports, routes and flags of services from a file, and flags win over it', async () => {
      const values = {
        copies: 2,
        port: 9999,
        routes: [{ prefix: '/', pool: 'api', stripPrefix: false, policy: 'least-requests' }],
        serviceFlags: { api: { poolSize: 5, corsOrigins: ['none'] } },
      };
      const { config } = await parseFile(values, '--copies', '4');
      expect(config).toMatchObject({ ...values, copies: 4 });
    });

    it.each([
      [
        { routes: [{ prefix: '/', pool: 'memcached' }] },
        /^#\/routes\/0\/pool in FILE must be one of .*, and is "memcached"$/,
      ],
      [{ routes: [{ prefix: 'api', pool: 'api' }] }, /^#\/routes\/0\/prefix in FILE must be a path/],
      [
        { serviceFlags: { memcached: {} } },
        /^#\/serviceFlags\/memcached in FILE must be one of proxy, nginx/,
      ],
      [{ routes: [{ pool: 'api' }] }, /^#\/routes\/0\/prefix in FILE is missing$/],
      [
        { routes: [{ exact: '/a', prefix: '/a/', pool: 'api' }] },
        /^#\/routes\/0\/exact in FILE must not stand beside a prefix$/,
      ],
      [
        { routes: [{ exact: '/Metrics/', pool: 'api' }] },
        /^#\/routes\/0\/exact in FILE must not be an operational path, which is private, and is "\/Metrics\/"$/,
      ],
      [{ serviceFlags: { api: { poolSize: {} } } }, /^#\/serviceFlags\/api\/poolSize in FILE must be a text/],
      [{ copeis: 3 }, /^#\/copeis in FILE is not a setting/],
    ])('refuses %j', async (values, failure) => {
      expect((await parseFile(values)).failure).toMatch(failure);
    });
  });
});
