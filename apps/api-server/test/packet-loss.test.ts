import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, jest } from '@jest/globals';

// An upper bound for a busy machine: each lost packet costs 200 ms or more.
jest.setTimeout(300_000);

const systemPath = 'PATH="$PATH:/usr/sbin:/sbin"';
const lossOf = (chain: string): string => `nft add rule ${chain} numgen random mod 100 lt 5 counter drop`;

/** A network namespace with only a loopback device, so that packets are lost nowhere else. */
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

describe('5 % packet loss between the API and its database', () => {
  withLoss(
    'makes few requests fail and loses no confirmed image (skipped without ip, nft or the right to use them)',
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
      // A 503 may be API_WRITE_UNCERTAIN, whose image may have been stored.
      expect(stored).toBeGreaterThanOrEqual(confirmed);
      expect(stored).toBeLessThanOrEqual(confirmed + (refused['POST 503'] ?? 0));
      expect(distinct).toBe(stored);
      expect(dropped).toBeGreaterThan(10);
    },
  );
});
