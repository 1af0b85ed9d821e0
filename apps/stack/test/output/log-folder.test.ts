import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type FollowedFolder,
  findLogNames,
  followLogFolder,
  type LogFolderOptions,
} from '../../src/output/log-folder.ts';
import { useTempFolders } from '../support/temp-folder.ts';

const followed: FollowedFolder[] = [];
afterEach(async () => {
  for (const folder of followed.splice(0)) await folder.stop();
});
// After the hook above: hooks run in this order, and the folders must outlive what uses them.
const makeFolder = useTempFolders();

const eventAt = (second: number, message: string): string =>
  `${JSON.stringify({ time: `2026-01-01T10:00:0${second}.000Z`, level: 'info', name: 'x', message })}\n`;

const follow = async (logsDir: string, options: Partial<LogFolderOptions> = {}) => {
  const lines: string[] = [];
  const folder = await followLogFolder(logsDir, {
    includes: () => true,
    lastLineCount: 50,
    onLine: ({ name, line }) => void lines.push(`${name} ${/"message":"(.*?)"/.exec(line)?.[1] ?? line}`),
    ...options,
  });
  followed.push(folder);
  return { folder, lines };
};

describe('following the logs of a folder', () => {
  it('merges the last lines of all logs by their times', async () => {
    const logsDir = makeFolder();
    writeFileSync(join(logsDir, 'api-1.log'), `${eventAt(1, 'one')}${eventAt(4, 'four')}`);
    writeFileSync(join(logsDir, 'api-2.log'), `${eventAt(2, 'two')}without a time\n`);
    writeFileSync(join(logsDir, 'postgres.log'), '2026-01-01 10:00:03.000 UTC [1] three\n');
    expect((await follow(logsDir)).lines).toEqual([
      ...['api-1 one', 'api-2 two', 'api-2 without a time'],
      ...['postgres 2026-01-01 10:00:03.000 UTC [1] three', 'api-1 four'],
    ]);
    expect((await follow(logsDir, { lastLineCount: 1 })).lines).toEqual(['api-1 four']);
    expect((await follow(logsDir, { lastLineCount: 0 })).lines).toEqual([]);
  });

  it('goes on with added lines, and with logs that are created later', async () => {
    const logsDir = makeFolder();
    writeFileSync(join(logsDir, 'api-1.log'), eventAt(1, 'one'));
    const { folder, lines } = await follow(logsDir);
    appendFileSync(join(logsDir, 'api-1.log'), eventAt(2, 'two'));
    await folder.read();
    writeFileSync(join(logsDir, 'api-2.log'), eventAt(3, 'three'));
    await folder.read();
    expect(lines).toEqual(['api-1 one', 'api-1 two', 'api-2 three']);
  });

  it('reads only the logs that are included', async () => {
    const logsDir = makeFolder();
    for (const name of ['api-1', 'proxy']) writeFileSync(join(logsDir, `${name}.log`), eventAt(1, name));
    expect((await follow(logsDir, { includes: (name) => name === 'proxy' })).lines).toEqual(['proxy proxy']);
  });
});

describe('the names of logs', () => {
  it('are sorted, and empty when there is no folder', () => {
    const logsDir = makeFolder();
    for (const file of ['proxy.log', 'api-1.log', 'api-1.log.1']) writeFileSync(join(logsDir, file), '');
    expect(findLogNames(logsDir)).toEqual(['api-1', 'proxy']);
    expect(findLogNames('/nowhere/at/all')).toEqual([]);
  });
});
