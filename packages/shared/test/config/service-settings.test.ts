import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '@tripod/shared/config/load-config';
import { configFileSetting, portSetting, serviceSettings } from '@tripod/shared/config/service-settings';

const settings = { port: portSetting(8082), ...serviceSettings, config: configFileSetting };

describe('serviceSettings', () => {
  it('has a default for everything but the config file', () => {
    expect(loadConfig(settings, { workingDir: '/' })).toEqual({
      port: 8082,
      host: 'localhost',
      drainDelayMs: 2000,
      logFormat: 'auto',
      metrics: true,
      profile: true,
    });
  });

  it.each([
    ['port', '65536'],
    ['port', '-1'],
    ['host', ''],
    ['drainDelayMs', '60001'],
    ['logFormat', 'xml'],
  ])('refuses %s %j', (name, text) => {
    expect(() => loadConfig(settings, { flags: { [name]: text }, workingDir: '/' })).toThrow(/must be/);
  });
});
