import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Report } from '../src/report/report.ts';
import { reportFixture } from './docs/report-fixture.ts';

const cli = join(import.meta.dirname, '../src/cli.ts');
const run = (...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
};

let folder: string;
const reportFile = (name: string, report: unknown): string => {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(report));
  return file;
};
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tripod-bench-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('pnpm bench', () => {
  it('lists the runs with their loads and contestants', () => {
    const { status, stdout } = run();
    expect(status).toBe(0);
    expect(stdout).toMatch(/pnpm bench proxy {3}\S/);
    expect(stdout).toContain('loads: get-32, get-256');
    expect(stdout).toContain('contestants: direct, ');
  });

  it('says in its help how long the trial takes, beside the measurements', () => {
    const { status, stdout } = run('--help');
    expect(status).toBe(0);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'for lost-writes, how long faults go on, 60 without it [2]',
    );
  });

  it.each([
    [['porxy'], 'bench: porxy is no run; there are: '],
    [['proxy', '--only', 'get-33'], 'bench: --only names get-33, and there are: get-32, '],
    [['proxy', '--contestants', 'ngnix'], 'bench: --contestants names ngnix, and there are: direct, '],
    [['proxy', '--rounds', 'x'], 'bench: --rounds must be a whole number from 1 to 100'],
    [
      ['lost-writes', '--rounds', '5'],
      'bench: --rounds means nothing to lost-writes, which takes --seconds alone: leave it out',
    ],
    [
      [
        'lost-writes',
        '--seconds',
        '9',
        '--only',
        'a',
        '--contestants',
        'b',
        '--from',
        'c',
        '--json',
        'd',
        '--write-docs',
      ],
      'bench: --only, --contestants, --from, --json, --write-docs mean nothing to lost-writes, which takes --seconds alone',
    ],
    [
      ['lost-writes', '--seconds', '4'],
      'bench: --seconds must be at least 8 for lost-writes, and is 4: each fault needs its turn',
    ],
    [['proxy', '--round', '1'], "bench: The command line is wrong: unknown option '--round'"],
  ])('%j ends with exit code 2 and says why', (args, sentence) => {
    const { status, stdout, stderr } = run(...args);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.slice(stderr.lastIndexOf('bench: '))).toContain(sentence);
  });
});

describe('pnpm bench proxy --from', () => {
  it('tells the figures of an earlier run: a line of JSON in a pipe, and tables for people', () => {
    const copy = join(folder, 'copy.json');
    const { status, stdout, stderr } = run(
      'proxy',
      '--from',
      reportFile('a.json', reportFixture),
      '--json',
      copy,
    );
    expect(status).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(reportFixture)));
    expect(stderr).toContain('missed by 13 %');
    expect(JSON.parse(readFileSync(copy, 'utf8'))).toEqual(JSON.parse(stdout));
  });

  it('ends with exit code 1 when a contestant had failed', () => {
    const absent = [{ name: 'ours', why: 'did not start', failed: true }];
    const failed: Report = { ...reportFixture, absent };
    expect(run('proxy', '--from', reportFile('b.json', failed))).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('bench: a contestant failed: see above'),
    });
  });

  it.each([
    ['that is not there', () => join(folder, 'none.json'), 'can not be read'],
    [
      'of another run',
      () => reportFile('c.json', { ...reportFixture, run: 'api' }),
      'is not the report of proxy',
    ],
    ['that is none', () => reportFile('d.json', {}), 'is not the report of proxy'],
  ])('refuses a file %s', (_what, file, sentence) => {
    const { status, stderr } = run('proxy', '--from', file());
    expect(status).toBe(1);
    expect(stderr).toMatch(/^bench: [^\n]*\n$/);
    expect(stderr).toContain(sentence);
  });
});
