import { describe, expect, it } from '@jest/globals';
import { describeSettings } from '@tripod/shared/config/describe-settings';

describe('describeSettings', () => {
  it('writes one row per setting under a heading', () => {
    const table = describeSettings({
      port: { type: 'integer', minimum: 0, maximum: 9, default: 1, description: 'Where' },
      metrics: { type: 'boolean', default: true, description: 'Whether' },
      names: { type: 'array', default: ['a', 'b'], description: 'Which|one' },
      databaseUrl: { type: 'string', secret: true, description: 'Whose' },
      config: { type: 'string', environment: false, default: '', description: 'From' },
    });
    expect(table.split('\n')).toEqual([
      '| flag | environment | default | value | meaning |',
      '|---|---|---|---|---|',
      '| `--port` | `PORT` | `1` | a whole number from 0 to 9 | Where |',
      '| `--no-metrics` | `METRICS=false` | `true` | true or false | Whether |',
      '| `--names` | `NAMES` | `a,b` | a list, separated by commas | Which\\|one |',
      '| – | `DATABASE_URL` | – | a text | Whose |',
      '| `--config` | – | – | a text | From |',
    ]);
  });
});
