import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { CommandClient } from '../../src/command/command-definition.ts';
import { logs } from '../../src/commands/logs.ts';
import { formatDuration, formatTable } from '../../src/commands/ps.ts';
import { reset } from '../../src/commands/reset.ts';
import { takeStackLock } from '../../src/control/stack-lock.ts';
import { writeStackState } from '../../src/control/state-file.ts';
import type { ProcessRow } from '../../src/stack/report-stack.ts';
import { useTempFolders } from '../support/temp-folder.ts';
import { createTestClient } from '../support/test-client.ts';

const makeFolder = useTempFolders();

describe('a duration in ps', () => {
  it.each([
    [undefined, '-'],
    [999, '0s'],
    [59_999, '59s'],
    [61_000, '1m 1s'],
    [3_600_000, '1h 0m'],
    [90_000_000, '1d 1h'],
  ])('of %p ms is shown as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe('the table of ps', () => {
  const row: ProcessRow = {
    name: 'api-1',
    service: 'api',
    pid: 123,
    port: 8081,
    state: 'ready',
    reason: undefined,
    fault: undefined,
    restarts: 0,
    uptimeMs: 61_000,
    memoryBytes: 104_857_600,
    budget: undefined,
    upstream: { state: 'available', inFlight: 2 },
  };
  const down = { ...row, name: 'static-server', pid: undefined, state: 'failed', uptimeMs: undefined };

  it('shows the use of a budget beside its limits', () => {
    const limits = { cpus: 0.375, memoryMb: 512 };
    const budget = { cpus: 0.117, memoryBytes: 52_428_800, limits };
    const [titles, first] = formatTable([{ ...row, budget, upstream: undefined }, down], false);
    expect(titles?.replace(/ +/g, ' ')).toBe('NAME PID PORT STATE RESTARTS UPTIME MEMORY CPUS IN THE PROXY');
    expect(first?.replace(/ +/g, ' ')).toBe('api-1 123 8081 ready 0 1m 1s 50 of 512 MiB 0.12 of 0.38 -');
  });

  it('aligns its columns and has a dash for what is unknown', () => {
    expect(
      formatTable(
        [row, { ...down, memoryBytes: undefined, upstream: undefined, restarts: undefined }],
        false,
      ),
    ).toEqual([
      'NAME           PID  PORT  STATE   RESTARTS  UPTIME  MEMORY   IN THE PROXY',
      'api-1          123  8081  ready   0         1m 1s   100 MiB  available, 2 in flight',
      'static-server  -    8081  failed  -         -       -        -',
    ]);
  });

  it('shows why a copy is not ready and why it receives no requests', () => {
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

  it('colours states on a terminal', () => {
    const [, first, second] = formatTable([row, down], true);
    expect(first).toContain('\u001b[32mready ');
    expect(second).toContain('\u001b[31mfailed');
  });
});

const showLogs = (client: CommandClient, name: string, lines = 50): Promise<unknown> =>
  logs.run(client, { argument: name, config: { lines, follow: false } });

describe('stack logs', () => {
  it.each([
    [0, []],
    [1, ['three']],
    [2, ['two', 'three']],
    [9, ['one', 'two', 'three']],
  ])('shows the last lines with -n %d', async (lines, shown) => {
    const { client, printed } = createTestClient(makeFolder());
    writeFileSync(join(client.folder.logsDir, 'api-1.log'), 'one\ntwo\nthree\n');
    await showLogs(client, 'api-1', lines);
    expect(printed.map((line) => line.split(' ').at(-1))).toEqual(shown);
  });

  it.each([
    ['', ['a-line', 'b-line', 'c-line']],
    ['api', ['a-line', 'b-line']],
    ['api-2', ['b-line']],
  ])('for the name %p shows %j', async (name, shown) => {
    const { client, printed } = createTestClient(makeFolder());
    for (const [log, line] of Object.entries({ 'api-1': 'a', 'api-2': 'b', proxy: 'c' })) {
      writeFileSync(join(client.folder.logsDir, `${log}.log`), `${line}-line\n`);
    }
    await showLogs(client, name);
    expect(printed.map((line) => line.split(' ').at(-1))).toEqual(shown);
  });

  it('shows the name of each process in its own colour on a terminal', async () => {
    const { client, printed } = createTestClient(makeFolder(), { colour: true });
    for (const log of ['api-1', 'api-2']) writeFileSync(join(client.folder.logsDir, `${log}.log`), 'x\n');
    await showLogs(client, '');
    const colours = printed.map((line) => line.split('\u001b[')[3]?.split('m')[0]);
    expect(new Set(colours).size).toBe(2);
  });

  it('names the copy that answered a request on a terminal', async () => {
    const { client, printed } = createTestClient(makeFolder());
    const processes = [{ name: 'api-2', pid: 2, start: '1', port: 8083, marks: ['api'] }];
    writeStackState(client.folder.stateFile, { pid: 1, url: '', proxy: '', startedAt: '', processes });
    const request = {
      message: 'GET /',
      status: 200,
      durationMs: 1,
      requestId: 'x',
      upstream: '127.0.0.1:8083',
    };
    const line = JSON.stringify({
      time: '2026-01-01T10:00:00.000Z',
      level: 'info',
      name: 'proxy',
      ...request,
    });
    writeFileSync(join(client.folder.logsDir, 'proxy.log'), `${line}\n`);
    await showLogs(client, 'proxy');
    expect(printed).toEqual([expect.stringMatching(/ proxy +200 GET +\/ +api-2 +1\.0 ms$/)]);
  });

  it('lists the existing logs when there is none of that name', async () => {
    const { client } = createTestClient(makeFolder());
    await expect(showLogs(client, '')).rejects.toThrow('There are no logs; nothing has run here yet.');
    await expect(showLogs(client, 'api-9')).rejects.toThrow(
      'There is no log of api-9; nothing has run here yet.',
    );
    appendFileSync(join(client.folder.logsDir, 'proxy.log'), '');
    await expect(showLogs(client, 'api-9')).rejects.toThrow('There is no log of api-9; there are proxy.');
  });
});

describe('stack reset', () => {
  const confirm = () => Promise.resolve(true);
  const run = (client: CommandClient, yes = false): Promise<unknown> =>
    reset.run(client, { argument: '', config: { yes } });

  it('refuses to empty the database of DATABASE_URL', async () => {
    const { client } = createTestClient(makeFolder(), { databaseUrl: 'postgres://a/b', confirm });
    await expect(run(client)).rejects.toThrow(/DATABASE_URL is set/);
  });

  it('refuses while a stack runs', async () => {
    const { client } = createTestClient(makeFolder(), { confirm });
    const lock = await takeStackLock(client.folder);
    await expect(run(client)).rejects.toThrow(/stop it first: pnpm stack down/);
    lock?.release();
  });

  it('refuses without a terminal for the question, unless --yes is given', async () => {
    const { client, printed } = createTestClient(makeFolder());
    await expect(run(client)).rejects.toThrow(/to agree, add --yes/);
    await run(client, true);
    expect(printed).toHaveLength(1);
  });

  it('changes nothing when the person does not agree', async () => {
    const { client, printed } = createTestClient(makeFolder(), { confirm: () => Promise.resolve(false) });
    await run(client);
    expect(printed).toEqual(['nothing was changed']);
  });

  it('succeeds when there is no database yet', async () => {
    const { client, printed } = createTestClient(makeFolder(), { confirm });
    await run(client);
    expect(printed).toEqual(['the database is empty; the next start adds the first images']);
  });
});
