import { describe, expect, it } from '@jest/globals';
import { parseCommandLine } from '@tripod/shared/config/command-line';
import { ConfigError } from '@tripod/shared/config/config-error';
import { loadConfig } from '@tripod/shared/config/load-config';
import { apiServerSettings, copyNameOf } from '../src/config.ts';
import { resources } from '../src/resources.ts';

const load = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
  const line = { name: 'api-server', description: '', settings: apiServerSettings, examples: [] };
  const { flags } = parseCommandLine(line, args);
  return loadConfig(apiServerSettings, { flags, environment, workingDir: '/typed/here' });
};

describe('apiServerSettings', () => {
  it('has a default for every setting that can have one', () => {
    expect(load([])).toEqual({
      port: 8081,
      host: 'localhost',
      embeddedDatabase: true,
      resources: resources.map(({ name }) => name),
      demoRows: false,
      preparedStatements: 'auto',
      poolSize: 10,
      allowUnsafeDurability: false,
      corsOrigins: ['*'],
      servedBy: true,
      drainDelayMs: 2000,
      logFormat: 'auto',
      metrics: true,
      profile: true,
    });
  });

  it('reads flags and the environment', () => {
    const environment = {
      DATABASE_URL: 'postgres://localhost/x',
      CORS_ORIGINS: 'https://a.example,http://b.example:8080',
      POOL_SIZE: '3',
    };
    expect(load(['--no-served-by', '--name', 'api-2', '--state-dir', 'state'], environment)).toMatchObject({
      databaseUrl: 'postgres://localhost/x',
      corsOrigins: ['https://a.example', 'http://b.example:8080'],
      poolSize: 3,
      servedBy: false,
      name: 'api-2',
      stateDir: '/typed/here/state',
    });
  });

  it('ignores NAME in the environment, which some systems set', () => {
    expect(load([], { NAME: 'laptop' }).name).toBeUndefined();
  });

  it('takes the write token from the environment, and never shows one that is wrong', () => {
    expect(load([], { WRITE_TOKEN: 'abc.123=' }).writeToken).toBe('abc.123=');
    const refused = (): unknown => load([], { WRITE_TOKEN: 'two words' });
    expect(refused).toThrow(/WRITE_TOKEN must be letters, digits/);
    expect(refused).not.toThrow(/two words/);
  });

  it.each([
    [['--prot', '8081'], /--prot/],
    [['--port', 'http'], /--port must be a whole number from 0 to 65535/],
    [['--pool-size', '0'], /--pool-size must be a whole number from 1 to 100/],
    [['--pool-size', '1e1'], /--pool-size must be/],
    [['--name', 'api 1'], /--name must be 1 to 63 letters/],
    [['--name', 'api\r\nX-Evil: 1'], /--name must be/],
    [['--cors-origins', 'gallery.example'], /--cors-origins must be \*, none, or origins/],
    [['--cors-origins', 'none,https://a.example'], /--cors-origins must be none alone/],
    [['--cors-origins', 'https://gallery.example/'], /--cors-origins must be/],
    [['--cors-origins', 'https://*.example'], /--cors-origins must be/],
    [['--write-token', 'x'], /--write-token/],
    [['--write-limit', '10'], /--write-limit must be a whole number of requests per second/],
    [['--write-limit', '0/s'], /--write-limit must be/],
    [['--database-url', 'postgres://x'], /--database-url/],
    [['--resources', 'images,nonsense'], /--resources must be names of resources.* images/],
    [['--resources', ''], /--resources must be/],
  ])('refuses %j', (args, words) => {
    expect(() => load(args)).toThrow(ConfigError);
    expect(() => load(args)).toThrow(words);
  });
});

describe('copyNameOf', () => {
  it('is the setting, or api-PORT', () => {
    expect(copyNameOf({ name: 'blue', port: 8083 })).toBe('blue');
    expect(copyNameOf({ name: undefined, port: 8083 })).toBe('api-8083');
  });
});
