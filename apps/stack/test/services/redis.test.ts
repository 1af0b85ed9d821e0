import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { freePort } from '@tripod/testing/free-port';
import { askRedis, isRedisInstalled } from '@tripod/testing/test-redis';
import { services } from '../../src/services.ts';
import { startStack } from '../../src/stack/start-stack.ts';
import { prepareFixtureStack } from '../support/fixture-stack.ts';
import { startOptions, useStacks } from '../support/run-fixture-stack.ts';
import { useTempFolders } from '../support/temp-folder.ts';

const startFixture = useStacks();
const makeFolder = useTempFolders();

const prepareRedis = async () =>
  prepareFixtureStack(makeFolder(), { state: 'redis', redisPort: await freePort(), services: ['redis'] });

/** The variables that a service is given when other services have these addresses. */
const environmentOf = (
  service: string,
  urls: Readonly<Record<string, string>>,
  config: Readonly<Record<string, string>> = {},
) =>
  services
    .find(({ name }) => name === service)
    ?.environment?.({
      ...{ checkout: '/c', stateDir: '/s', dir: '/s/x', searchPath: '', config: config as never },
      urlOf: (name) => urls[name],
    });

(isRedisInstalled() ? describe : describe.skip)('the Redis of a stack (skipped without redis-server)', () => {
  it('runs on loopback with its data in the state folder, and keeps what it has answered when it is killed', async () => {
    const fixture = await prepareRedis();
    const { ask, report } = await startFixture(fixture);
    const port = Number(fixture.config['redisPort']);
    expect(await askRedis(port, ['LPUSH', 'jobs', 'x'])).toContain(':1\r\n');
    expect(existsSync(join(fixture.config.stateDir, 'redis/appendonlydir'))).toBe(true);
    await ask({ command: 'kill', name: 'redis' });
    expect(await askRedis(port, ['LLEN', 'jobs'])).toContain(':1\r\n');
    const { processes, addresses } = await report();
    expect(processes.map(({ name, state }) => [name, state])).toEqual([['redis', 'ready']]);
    expect(addresses).toContainEqual(['Redis', `redis://127.0.0.1:${port}`]);
    await expect(askRedis(port, ['CONFIG', 'GET', 'bind'])).resolves.toContain('127.0.0.1');
  });

  it('is missed with one sentence that says what to do', async () => {
    const fixture = await prepareRedis();
    const dependencies = { ...fixture.dependencies, environment: { PATH: '/nowhere' } };
    await expect(startStack(startOptions({ ...fixture, dependencies }))).rejects.toThrow(
      'redis-server is not installed; install it (apt-get install redis-server, or brew install redis), use --state postgres, or set STATE_URL to a Redis of your own.',
    );
  });
});

describe('the state store of the API copies and the workers', () => {
  it.each(['api', 'worker'])('is the Redis of the stack, or else that of STATE_URL: %s', (service) => {
    const own = { redis: 'redis://127.0.0.1:6380' };
    expect(environmentOf(service, own)).toMatchObject({ STATE_URL: own.redis });
    const stateUrl = 'rediss://:secret@example.org';
    expect(environmentOf(service, own, { stateUrl })).toMatchObject({ STATE_URL: stateUrl });
    expect(environmentOf(service, {})?.['STATE_URL']).toBeUndefined();
  });

  it('starts no Redis beside STATE_URL', () => {
    const isEnabled = (config: object) =>
      services.find(({ name }) => name === 'redis')?.isEnabled?.(config as never);
    expect(isEnabled({ state: 'redis' })).toBe(true);
    expect(isEnabled({ state: 'redis', stateUrl: 'redis://example.org' })).toBe(false);
    expect(isEnabled({ state: 'postgres' })).toBe(false);
  });
});

describe('the write rules of the API copies', () => {
  it('have the token in the environment and the limit in a flag', () => {
    expect(environmentOf('api', {}, { writeToken: 'secret' })).toMatchObject({ WRITE_TOKEN: 'secret' });
    const run = services.find(({ name }) => name === 'api')?.run;
    const config = { writeToken: 'secret', writeLimit: '10/s' } as never;
    const copy = { checkout: '/c', stateDir: '/s', dir: '/s/x', searchPath: '', urlOf: () => undefined };
    const command =
      run?.type === 'process' ? run.command({ ...copy, config, name: 'api-1', port: 1 }) : undefined;
    const text = command?.args.join(' ');
    expect(text).toContain('--write-limit 10/s');
    expect(text).not.toContain('secret');
  });
});
