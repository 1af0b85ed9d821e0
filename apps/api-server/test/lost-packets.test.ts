import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, jest } from '@jest/globals';

// A guard for a busy machine: each packet that is lost costs 200 ms and more.
jest.setTimeout(120_000);

/** A namespace of its own, with no network but its loopback: what is lost there is lost nowhere else. */
const inside = (command: string): readonly string[] => [
  '--net',
  'sh',
  '-c',
  `PATH="$PATH:/usr/sbin:/sbin"; ip link set lo up && ${command}`,
];
const mayLose = spawnSync('unshare', inside('nft add table ip probe')).status === 0;
const withLoss = mayLose || process.env['CI'] === 'true' ? it : it.skip;

describe('a wire that loses 5 % of its packets between the API and its database', () => {
  withLoss(
    'makes requests slower, fails none and loses nothing (by root only, with ip and nft)',
    async () => {
      const script = join(import.meta.dirname, 'support/lose-packets.ts');
      const { stdout } = await promisify(execFile)('unshare', [
        ...inside('exec "$0" --disable-warning=ExperimentalWarning "$@"'),
        process.execPath,
        script,
      ]);
      const { answers, asked, stored, distinct, dropped } = JSON.parse(stdout) as {
        readonly answers: unknown;
        readonly asked: number;
        readonly stored: number;
        readonly distinct: number;
        readonly dropped: number;
      };
      expect(answers).toEqual({ 200: 2 * asked });
      expect([stored, distinct]).toEqual([asked, asked]);
      expect(dropped).toBeGreaterThan(10);
    },
  );
});
