import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '@tripod/shared/config/config-error';
import { checkPorts, checkPortsDiffer } from '../src/check-ports.ts';
import type { UpConfig } from '../src/settings.ts';
import { startStack } from '../src/start-stack.ts';
import { prepareFixtureStack } from './support/fixture-stack.ts';
import { useTempFolders } from './support/temp-folder.ts';

const makeFolder = useTempFolders();

/** The sentence that a person reads, or undefined. */
const findComplaint = (config: UpConfig): string | undefined => {
  try {
    checkPortsDiffer(config);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ source, problem }) => `${source} ${problem}`).join(' ');
  }
};

describe('checkPortsDiffer', () => {
  it.each<[Partial<UpConfig>, string]>([
    [{ port: 18_080, adminPort: 18_080 }, '--port and --admin-port are both 18080.'],
    [{ port: 18_080, staticPort: 18_080 }, '--port and --static-port are both 18080.'],
    [{ staticPort: 18_080, adminPort: 18_080 }, '--static-port and --admin-port are both 18080.'],
    [{ port: 18_080, apiPort: 18_080 }, '--port and --api-port are both 18080.'],
  ])('refuses %p', async (change, sentence) => {
    const { config } = await prepareFixtureStack(makeFolder(), change);
    expect(findComplaint(config)).toBe(sentence);
  });

  it.each<Partial<UpConfig>>([
    {},
    { port: 8081, apiPort: 8081 },
    { proxy: 'nginx', port: 18_080, adminPort: 18_080 },
  ])('accepts %p, where nobody is in the way', async (change) => {
    const { config } = await prepareFixtureStack(makeFolder(), change);
    expect(findComplaint(config)).toBeUndefined();
  });
});

describe('checkPorts', () => {
  it('says at once that this machine does not have the address', async () => {
    const { config, dependencies } = await prepareFixtureStack(makeFolder(), { host: '192.0.2.1' });
    await expect(checkPorts(config, dependencies)).rejects.toThrow(
      'This machine has no address 192.0.2.1; choose another one with --host.',
    );
  });

  it.each<[Partial<UpConfig>, RegExp]>([
    [{ port: 18_080, adminPort: 18_080 }, /--port and --admin-port/],
    [{ host: '192.0.2.1' }, /no address/],
  ])('is asked before anything is started: %p', async (change, complaint) => {
    const { config, dependencies, shown } = await prepareFixtureStack(makeFolder(), change);
    const options = { config, dependencies, onDown: () => undefined, onStack: () => undefined };
    await expect(startStack(options)).rejects.toThrow(complaint);
    expect(shown).toEqual([]);
  });
});
