import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createServiceCommands } from '../../src/supervisor/service-commands.ts';

const checkout = join(import.meta.dirname, '../../../..');

describe('createServiceCommands', () => {
  it('starts the static server with the options for node that its own script has', () => {
    const { scripts } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    const { options = [], file } = createServiceCommands(checkout).staticServer({ path: 'site', port: 8082 });
    expect(['node', ...options, file].join(' ').replace(`${checkout}/`, '')).toBe(scripts['static-server']);
  });
});
