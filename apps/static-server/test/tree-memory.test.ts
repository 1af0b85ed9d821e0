import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { measureTree } from './support/tree-load.ts';

const canMeasure = existsSync('/proc/self/status') || process.env['CI'] === 'true';

describe('a tree of more than may be in memory', () => {
  (canMeasure ? it : it.skip)(
    'takes little more than the limit while all of it is asked for (skipped without /proc)',
    async () => {
      const { files, whole, idleMb, peakMb } = await measureTree({
        files: 600,
        maxMemoryMb: 32,
        clients: 16,
      });
      expect(whole).toBe(files);
      expect(peakMb - idleMb).toBeLessThan(32 + 60);
    },
    300_000,
  );
});
