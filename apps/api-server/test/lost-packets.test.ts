import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, jest } from '@jest/globals';

// A guard for a busy machine: each packet that is lost costs 200 ms and more.
jest.setTimeout(300_000);

const systemPath = 'PATH="$PATH:/usr/sbin:/sbin"';
const lossOf = (chain: string): string => `nft add rule ${chain} numgen random mod 100 lt 5 counter drop`;

/** A namespace of its own, with no network but its loopback: what is lost there is lost nowhere else. */
const inside = (command: string): readonly string[] => [
  '--net',
  'sh',
  '-c',
  `${systemPath}; ip link set lo up && ${command}`,
];
const probe = 'nft "add chain ip probe in { type filter hook input priority 0; }"';
const mayLose =
  spawnSync('unshare', inside(`nft add table ip probe && ${probe} && ${lossOf('ip probe in')}`)).status === 0;
const isMissing = spawnSync('sh', ['-c', `${systemPath}; command -v ip && command -v nft`]).status !== 0;
const withLoss = mayLose || (isMissing && process.env['CI'] === 'true') ? it : it.skip;

describe('a wire that loses 5 % of its packets between the API and its database', () => {
  withLoss(
    'makes requests slower, fails hardly any and loses nothing (skipped where ip, nft or the machine do not let it)',
    async () => {
      const script = join(import.meta.dirname, 'support/lose-packets.ts');
      const { stdout } = await promisify(execFile)('unshare', [
        ...inside('exec "$0" --disable-warning=ExperimentalWarning "$@"'),
        process.execPath,
        script,
      ]);
      const { answers, asked, stored, distinct, dropped } = JSON.parse(stdout) as {
        readonly answers: Readonly<Record<string, number>>;
        readonly asked: number;
        readonly stored: number;
        readonly distinct: number;
        readonly dropped: number;
      };
      const { 'POST 200': confirmed = 0, 'GET 200': listed = 0, ...refused } = answers;
      expect(Object.keys(refused).filter((answer) => !answer.endsWith(' 503'))).toEqual([]);
      expect(confirmed + listed).toBeGreaterThan(1.8 * asked);
      // A 503 may also say that it is not known whether the picture was stored.
      expect(stored).toBeGreaterThanOrEqual(confirmed);
      expect(stored).toBeLessThanOrEqual(confirmed + (refused['POST 503'] ?? 0));
      expect(distinct).toBe(stored);
      expect(dropped).toBeGreaterThan(10);
    },
  );
});
