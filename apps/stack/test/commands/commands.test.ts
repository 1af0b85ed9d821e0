import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { systemProcesses } from '@tripod/shared/os/process-table';
import type { CommandContext } from '../../src/commands/command-context.ts';
import { runLogs } from '../../src/commands/logs.ts';
import { formatDuration, formatTable } from '../../src/commands/ps.ts';
import { runReset } from '../../src/commands/reset.ts';
import type { ProcessRow } from '../../src/control/protocol.ts';
import { takeStackLock } from '../../src/control/stack-lock.ts';
import { makeStateFolder } from '../../src/control/state-folder.ts';
import { useTempFolders } from '../support/temp-folder.ts';

const makeFolder = useTempFolders();
const userId = process.getuid?.() ?? 0;

const createContext = (): { readonly context: CommandContext; readonly printed: string[] } => {
  const printed: string[] = [];
  const context = {
    folder: makeStateFolder(makeFolder(), userId),
    print: (line: string) => void printed.push(line),
    isTerminal: true,
    colour: false,
    table: systemProcesses,
    wait: () => Promise.resolve(),
  };
  return { context, printed };
};

describe('formatDuration', () => {
  it.each([
    [undefined, '-'],
    [999, '0s'],
    [59_999, '59s'],
    [61_000, '1m 1s'],
    [3_600_000, '1h 0m'],
    [90_000_000, '1d 1h'],
  ])('shows %p ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe('formatTable', () => {
  const row: ProcessRow = {
    name: 'api-1',
    pid: 123,
    port: 8081,
    state: 'ready',
    reason: undefined,
    restarts: 0,
    uptimeMs: 61_000,
    memoryBytes: 104_857_600,
    upstream: { state: 'available', inFlight: 2 },
  };
  const down = { ...row, name: 'static-server', pid: undefined, state: 'failed', uptimeMs: undefined };

  it('aligns its columns, with a dash for what there is not', () => {
    expect(
      formatTable(
        [row, { ...down, memoryBytes: undefined, upstream: undefined, restarts: undefined }],
        false,
      ),
    ).toEqual([
      'NAME           PID  PORT  STATE   RESTARTS  UPTIME  MEMORY   PROXY SAYS',
      'api-1          123  8081  ready   0         1m 1s   100 MiB  available, 2 in flight',
      'static-server  -    8081  failed  -         -       -        -',
    ]);
  });

  it('says why a copy is not ready, and why it gets no requests', () => {
    const unready = {
      ...row,
      state: 'not ready',
      reason: 'database: connection refused',
      upstream: { state: 'unhealthy', inFlight: 0, reason: 'status 503 on /readyz' },
    };
    const [, line] = formatTable([unready], false);
    expect(line).toContain(' not ready: database: connection refused ');
    expect(line).toContain(' unhealthy (status 503 on /readyz), 0 in flight');
  });

  it('paints states on a terminal with colours', () => {
    const [, first, second] = formatTable([row, down], true);
    expect(first).toContain('\u001b[32mready ');
    expect(second).toContain('\u001b[31mfailed');
  });
});

describe('runLogs', () => {
  it.each([
    [0, []],
    [1, ['three']],
    [2, ['two', 'three']],
    [9, ['one', 'two', 'three']],
  ])('shows the last lines with -n %d', async (lines, shown) => {
    const { context, printed } = createContext();
    writeFileSync(join(context.folder.logsDir, 'api-1.log'), 'one\ntwo\nthree\n');
    await runLogs(context, { name: 'api-1', lines, follow: false });
    expect(printed.map((line) => line.split(' ').at(-1))).toEqual(shown);
  });

  it('names what there is when it is asked for something else', async () => {
    const { context } = createContext();
    const asked = () => runLogs(context, { name: 'api-9', lines: 1, follow: false });
    await expect(asked()).rejects.toThrow('There is no log of api-9; nothing has run here yet.');
    appendFileSync(join(context.folder.logsDir, 'proxy.log'), '');
    await expect(asked()).rejects.toThrow('There is no log of api-9; there are proxy.');
  });
});

describe('runReset', () => {
  const confirm = () => Promise.resolve(true);
  const options = { databaseUrl: undefined, userId, confirm };

  it('refuses to empty a database of DATABASE_URL', async () => {
    const { context } = createContext();
    await expect(runReset(context, { ...options, databaseUrl: 'postgres://a/b' })).rejects.toThrow(
      /DATABASE_URL is set/,
    );
  });

  it('refuses while a stack runs', async () => {
    const { context } = createContext();
    const lock = await takeStackLock(context.folder);
    await expect(runReset(context, options)).rejects.toThrow(/stop it first: pnpm stack down/);
    lock?.release();
  });

  it('refuses without a person to ask, unless --yes', async () => {
    const { context } = createContext();
    await expect(runReset(context, { ...options, confirm: undefined })).rejects.toThrow(
      /to agree, add --yes/,
    );
  });

  it('changes nothing when the person does not agree', async () => {
    const { context, printed } = createContext();
    await runReset(context, { ...options, confirm: () => Promise.resolve(false) });
    expect(printed).toEqual(['nothing was changed']);
  });

  it('is done at once where there is no database yet', async () => {
    const { context, printed } = createContext();
    await runReset(context, options);
    expect(printed).toEqual(['the database is empty; the next start fills it with the first images']);
  });
});
