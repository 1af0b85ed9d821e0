import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '@tripod/shared/config/config-error';
import { checkPorts, checkPortsDiffer } from '../../src/stack/check-ports.ts';
import { startStack } from '../../src/stack/start-stack.ts';
import { type ConfigChange, type FixtureStack, prepareFixtureStack } from '../support/fixture-stack.ts';
import { startOptions } from '../support/run-fixture-stack.ts';
import { useTempFolders } from '../support/temp-folder.ts';

const makeFolder = useTempFolders();

/** The error message, or undefined when the ports are accepted. */
const findError = ({ config, dependencies }: FixtureStack): string | undefined => {
  try {
    checkPortsDiffer(config, dependencies);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ source, problem }) => `${source} ${problem}`).join(' ');
  }
};

describe('ports of one configuration', () => {
  it.each<[ConfigChange, string]>([
    [{ port: 18_080, adminPort: 18_080 }, '--port and --admin-port are both 18080.'],
    [{ port: 18_080, staticPort: 18_080 }, '--port and --static-port are both 18080.'],
    [{ staticPort: 18_080, adminPort: 18_080 }, '--admin-port and --static-port are both 18080.'],
    [{ port: 18_080, apiPort: 18_080 }, '--port and --api-port are both 18080.'],
  ])('are refused for %p', async (change, sentence) => {
    const fixture = await prepareFixtureStack(makeFolder(), change);
    expect(findError(fixture)).toBe(sentence);
  });

  it.each<ConfigChange>([
    {},
    { port: 8081, apiPort: 8081 },
    { proxy: 'nginx', port: 18_080, adminPort: 18_080 },
    { services: ['api', 'postgres'], apiPort: 18_080 },
  ])('are accepted for %p, which do not conflict', async (change) => {
    const fixture = await prepareFixtureStack(makeFolder(), change);
    expect(findError(fixture)).toBeUndefined();
  });
});

describe('checking addresses before the start', () => {
  it('fails when this machine does not have the host address', async () => {
    const { config, dependencies } = await prepareFixtureStack(makeFolder(), { host: '192.0.2.1' });
    await expect(checkPorts(config, dependencies)).rejects.toThrow(
      'This machine has no address 192.0.2.1; choose another one with --host.',
    );
  });

  it('fails when the first port of copies without a load balancer is in use', async () => {
    const fixture = await prepareFixtureStack(makeFolder(), {
      services: ['api', 'postgres'],
      apiPort: 18_080,
    });
    const dependencies = { ...fixture.dependencies, isPortFree: () => Promise.resolve(false) };
    await expect(checkPorts(fixture.config, dependencies)).rejects.toThrow(
      'Port 18080 is already in use; end what uses it, or choose another one with --api-port.',
    );
  });

  it.each<[ConfigChange, RegExp]>([
    [{ port: 18_080, adminPort: 18_080 }, /--port and --admin-port/],
    [{ host: '192.0.2.1' }, /no address/],
  ])('happens before anything is started: %p', async (change, complaint) => {
    const fixture = await prepareFixtureStack(makeFolder(), change);
    await expect(startStack(startOptions(fixture))).rejects.toThrow(complaint);
    expect(fixture.shown).toEqual([]);
  });
});
