import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createConfigSource } from '@tripod/shared/config/config-source';
import { configFileSetting, portSetting } from '@tripod/shared/config/service-settings';

const settings = { port: portSetting(1), config: configFileSetting };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tripod-source-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('createConfigSource', () => {
  it('reads the file again on each call', () => {
    writeFileSync(join(folder, 'x.json'), '{"port":2}');
    const source = createConfigSource(settings, { flags: { config: 'x.json' }, workingDir: folder });
    expect(source.file).toBe(join(folder, 'x.json'));
    expect(source.read().config.port).toBe(2);
    writeFileSync(join(folder, 'x.json'), '{"port":3}');
    expect(source.read()).toMatchObject({ config: { port: 3 }, origins: { config: '--config' } });
    writeFileSync(join(folder, 'x.json'), '{"port":');
    expect(() => source.read()).toThrow('is not JSON');
  });

  it('has no file without --config', () => {
    const source = createConfigSource(settings, { environment: { PORT: '4' }, workingDir: folder });
    expect(source.file).toBeUndefined();
    expect(source.read().config).toEqual({ port: 4 });
  });
});
