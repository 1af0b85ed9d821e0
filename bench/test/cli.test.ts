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

  it('describes the length of the trial in --help', () => {
    const { status, stdout } = run('--help');
    expect(status).toBe(0);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'for lost-writes, how long faults are injected (default 60) [2]',
    );
  });

  it.each([
    [['porxy'], 'bench: porxy is not the name of a run: use one of '],
    [['proxy', '--only', 'get-33'], 'bench: --only does not know get-33: use get-32, '],
    [['proxy', '--contestants', 'ngnix'], 'bench: --contestants does not know ngnix: use direct, '],
    [['proxy', '--rounds', 'x'], 'bench: --rounds must be a whole number from 1 to 100'],
    [
      ['lost-writes', '--rounds', '5'],
      'bench: --rounds is not used by lost-writes, which takes only --seconds: remove it',
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
      'bench: --only, --contestants, --from, --json, --write-docs are not used by lost-writes, which takes only --seconds',
    ],
    [
      ['lost-writes', '--seconds', '4'],
      'bench: --seconds is 4 and must be at least 8 for lost-writes, so that each fault is injected',
    ],
    [['proxy', '--round', '1'], "bench: The command line is wrong: unknown option '--round'"],
  ])('%j exits with code 2 and a sentence about the reason', (args, sentence) => {
    const { status, stdout, stderr } = run(...args);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.slice(stderr.lastIndexOf('bench: '))).toContain(sentence);
  });
});

describe('pnpm bench proxy --from', () => {
  it('prints the figures of an earlier run: one line of JSON to stdout and tables to stderr', () => {
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

  it('exits with code 1 when a contestant failed', () => {
    const absent = [{ name: 'ours', why: 'did not start', failed: true }];
    const failed: Report = { ...reportFixture, absent };
    expect(run('proxy', '--from', reportFile('b.json', failed))).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('bench: a contestant failed (see above)'),
    });
  });

  it.each([
    ['that is missing', () => join(folder, 'none.json'), "can't read the report"],
    [
      'of another run',
      () => reportFile('c.json', { ...reportFixture, run: 'api' }),
      'is a report of api, not of proxy',
    ],
    ['that is not a report', () => reportFile('d.json', {}), 'is a report of no run, not of proxy'],
  ])('refuses a file %s', (_what, file, sentence) => {
    const { status, stderr } = run('proxy', '--from', file());
    expect(status).toBe(1);
    expect(stderr).toMatch(/^bench: [^\n]*\n$/);
    expect(stderr).toContain(sentence);
  });
});
