import { describe, expect, it } from '@jest/globals';
import { policyNames } from '@tripod/proxy/balancing/policies/policy-table';
import { engineNames } from '@tripod/proxy/engine-table';
import { systemProcesses } from '@tripod/shared/os/process-table';
import { locateState } from '../../src/control/state-folder.ts';
import { createProgram } from '../../src/program.ts';
import { type UpConfig, upSettings } from '../../src/settings.ts';

const parse = async (args: readonly string[], environment: Record<string, string> = {}) => {
  const ups: UpConfig[] = [];
  const folders: string[] = [];
  const program = createProgram({
    checkout: '/checkout',
    workingDir: '/here',
    environment,
    actions: {
      contextOf: (stateDir) => {
        folders.push(stateDir);
        return {
          folder: locateState(stateDir, 0),
          print: () => undefined,
          isTerminal: false,
          colour: false,
          table: systemProcesses,
          wait: () => Promise.resolve(),
        };
      },
      up: async (config) => void ups.push(config),
      reset: () => Promise.resolve(),
    },
  });
  let failure = '';
  await program.parseAsync([...args], { from: 'user' }).catch((error: Error) => {
    failure = error.message;
  });
  return { ups, folders, failure };
};

describe('createProgram', () => {
  it('starts with three copies behind our own proxy on 8080', async () => {
    const { ups } = await parse(['up']);
    expect(ups).toEqual([
      {
        copies: 3,
        port: 8080,
        host: 'localhost',
        policy: 'round-robin',
        proxy: 'direct',
        assets: '/checkout/assets',
        stateDir: '/checkout/.tripod',
        apiPort: 8081,
        staticPort: 8082,
        adminPort: 8090,
      },
    ]);
  });

  it('takes paths from where the command was typed', async () => {
    const { ups } = await parse(['up', '--assets', 'pages', '--state-dir', '../state']);
    expect(ups[0]).toMatchObject({ assets: '/here/pages', stateDir: '/state' });
  });

  it('takes nothing from the environment but the database', async () => {
    const environment = { PORT: '1', COPIES: '9', PROXY: 'nginx', DATABASE_URL: 'postgres://a/b' };
    const { ups } = await parse(['up'], environment);
    expect(ups[0]).toMatchObject({
      port: 8080,
      copies: 3,
      proxy: 'direct',
      databaseUrl: 'postgres://a/b',
    });
  });

  it.each([
    [['up', '--proxy', 'caddy'], '--proxy must be one of direct, http-proxy, nginx, and is "caddy"'],
    [['up', '--copies', '17'], '--copies must be a whole number from 0 to 16, and is 17'],
    [['up', '--copies', '1.5'], '--copies must be a whole number from 0 to 16, and is "1.5"'],
    [['up', '--port', '0'], '--port must be a whole number from 1 to 65535, and is 0'],
    [['up', '--bogus'], "error: unknown option '--bogus'"],
    [['explode'], "error: unknown command 'explode'"],
    [['scale'], "error: missing required argument 'api=N'"],
    [['scale', 'api'], 'scale must be called like: pnpm stack scale api=5, with a number from 0 to 16'],
    [['scale', 'api=17'], 'scale must be called like: pnpm stack scale api=5, with a number from 0 to 16'],
    [['scale', 'static=2'], 'scale must be called like: pnpm stack scale api=5, with a number from 0 to 16'],
    [['logs', 'api-1', '-n', 'many'], '--lines must be a whole number from 0 to 100000, and is "many"'],
  ])('refuses %j in one sentence', async (args, sentence) => {
    const { failure, ups } = await parse(args);
    expect([failure, ups]).toEqual([sentence, []]);
  });

  it('never says what a database address that it refuses was', async () => {
    const { failure } = await parse(['up'], { DATABASE_URL: 'mysql://me:secret@there/db' });
    expect(failure).toBe('DATABASE_URL must be an address that begins with postgres://');
  });

  it('offers every engine of the proxy by its name, and nginx', () => {
    expect(upSettings('/checkout').proxy.enum).toEqual([...engineNames, 'nginx']);
  });

  it('offers every policy of the proxy by its name', () => {
    expect(upSettings('/checkout').policy.enum).toEqual(policyNames);
  });

  it.each(['ps', 'down', 'reset'])('looks for the stack of the folder that %s is given', async (command) => {
    expect((await parse([command, '--state-dir', 'x'])).folders).toEqual(['/here/x']);
  });
});
