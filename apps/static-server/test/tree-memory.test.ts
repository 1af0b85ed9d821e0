import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { measureTree } from './support/tree-load.ts';

const canMeasure = existsSync('/proc/self/status') || process.env['CI'] === 'true';

describe('a tree that is larger than the memory for files', () => {
  (canMeasure ? it : it.skip)(
    'takes little more than the memory limit while every file is requested (skipped without /proc)',
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
