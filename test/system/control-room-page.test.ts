import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { waitFor } from '@tripod/testing/wait-for';
import type { Browser, Locator, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { findViolations } from '../support/find-violations.ts';
import { firstAtMs, labFacts, reportOf, sampleOf } from '../support/room-figures.ts';
import { type ScriptedRoom, startScriptedRoom } from '../support/scripted-room.ts';

// A limit against hanging.
jest.setTimeout(300_000);

type Figures = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

let room: ScriptedRoom;
let browser: Browser;
let page: Page;
let complaints: string[] = [];
let second = 0;

/** Sends the next second. */
const tick = (copies: number, requestsPerSecond: number, byCopy: Figures = {}): void => {
  second += 1;
  room.send('sample', sampleOf({ ...{ copies, requestsPerSecond, byCopy }, atMs: atMs(), seconds: second }));
};
const atMs = (): number => firstAtMs + second * 1000;
const sendEvent = (kind: string, service: string, detail?: string): void =>
  room.send('event', { id: `${second} ${kind} ${service}`, atMs: atMs(), kind, service, detail });

const open = async (
  copies: number,
  { width = 1280, requestsPerSecond = 0, colorScheme = 'light' as 'light' | 'dark' } = {},
): Promise<void> => {
  second = 0;
  room.snapshot = {
    facts: labFacts,
    samples: [sampleOf({ copies, requestsPerSecond, atMs: firstAtMs })],
    events: [],
    ...(requestsPerSecond > 0 ? { report: reportOf(true) } : {}),
  };
  const context = await browser.newContext({
    ...{ viewport: { width, height: 900 }, reducedMotion: 'reduce', colorScheme },
  });
  page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(room.url) && !request.url().startsWith('blob:'))
      complaints.push(`asked elsewhere: ${request.url()}`);
  });
  await page.goto(room.url);
  await page.getByText('live', { exact: true }).waitFor();
};
const copy = (name: string): Locator => page.getByRole('listitem', { name, exact: true });
const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
const lastAction = async (count: number): Promise<unknown> => {
  await waitFor(`action ${count}`, () => room.actions.length >= count);
  return room.actions.at(-1);
};

beforeAll(async () => {
  room = await startScriptedRoom();
  browser = await launchBrowser();
});
afterEach(async () => {
  await page?.context().close();
  room.answer = () => undefined;
  const all = complaints;
  complaints = [];
  expect(all).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
  await room?.stop();
});

describe('the page of the control room', () => {
  it('starts a load with the words of Locust, edits and stops it', async () => {
    await open(3);
    const before = room.actions.length;
    await page.getByLabel('Number of users').fill('many');
    await press('Start swarming');
    await page.getByText('Type a number of users from 1 to 10,000.').waitFor();
    await page.getByLabel('Number of users').fill('20');
    await page.getByLabel('Spawn rate').fill('5');
    await page.getByLabel('Run time').fill('1m');
    expect(await page.getByLabel('Host').inputValue()).toBe(labFacts.host);
    await press('Start swarming');
    expect(await lastAction(before + 1)).toEqual({
      action: 'load-start',
      service: 'load',
      settings: {
        scenario: 'browse',
        model: { kind: 'closed', users: 20, spawnRate: 5 },
        runTimeMs: 60_000,
      },
    });
    room.send('report', reportOf(true));
    tick(3, 400);
    await press('Edit');
    await page.getByLabel('Number of users').fill('40');
    await press('Apply');
    expect(await lastAction(before + 2)).toMatchObject({
      action: 'load-change',
      settings: { model: { users: 40 } },
    });
    await press('Stop');
    expect(await lastAction(before + 3)).toMatchObject({ action: 'load-stop' });
    await press('Reset');
    expect(await lastAction(before + 4)).toMatchObject({ action: 'load-reset' });
  });

  it('kills a copy, shows it ejected and back, and says what it cost', async () => {
    await open(3, { requestsPerSecond: 400 });
    for (let at = 0; at < 4; at += 1) tick(3, 400);
    const before = room.actions.length;
    await press('Kill api-2');
    expect(await lastAction(before + 1)).toEqual({ action: 'kill', service: 'api-2' });
    // The card shows what happened, not what was asked for.
    await copy('api-2').getByText('healthy').waitFor();
    sendEvent('killed', 'api-2');
    sendEvent('ejected', 'api-2', 'after 1 failed try');
    tick(3, 400, { 'api-2': { state: 'restarting', upstreamState: 'ejected' } });
    await copy('api-2').getByText('restarting, ejected').waitFor();
    await page.getByText('2 of 3').waitFor();
    tick(3, 400);
    sendEvent('back', 'api-2');
    tick(3, 400);
    tick(3, 400);
    await copy('api-2').getByText('healthy').waitFor();
    await page.getByText(/api-2 was killed at 0:04\./).waitFor();
    await page.getByText(/0 of [\d,]+ requests failed\./).waitFor();
    await page.getByRole('button', { name: /^api-2 killed at/ }).focus();
    await page.getByText(/5 s before → 5 s after/).waitFor();
    expect(await page.getByRole('status', { name: 'Events' }).textContent()).toBe('api-2 back.');
  });

  it('scales, switches the policy, and says beside the button why an action failed', async () => {
    await open(3);
    const before = room.actions.length;
    await press('Add a copy');
    expect(await lastAction(before + 1)).toEqual({ action: 'scale', service: 'api', copies: 4 });
    await page.getByLabel('Policy').selectOption('least-requests');
    expect(await lastAction(before + 2)).toMatchObject({ action: 'policy', policy: 'least-requests' });
    room.answer = (path) =>
      path === '/actions' ? { status: 409, body: { detail: 'api-1 is starting.' } } : undefined;
    await press('Pause api-1');
    await copy('api-1').getByRole('alert').getByText('api-1 is starting.').waitFor();
  });

  it('shows the statistics as a table, and downloads them', async () => {
    await open(3, { requestsPerSecond: 400 });
    const table = page.getByRole('table', { name: 'Statistics of the requests' });
    const heads = await table.getByRole('columnheader').allTextContents();
    expect(heads.slice(0, 5)).toEqual(['Type', 'Name', '# Requests', '# Fails', 'Median (ms)']);
    const total = await table.getByRole('row', { name: /Aggregated/ }).textContent();
    expect(total).toContain('12,360');
    const [download] = await Promise.all([page.waitForEvent('download'), press('Download CSV')]);
    expect(download.suggestedFilename()).toBe('gallery-statistics.csv');
    await page.getByRole('tab', { name: 'Statistics' }).press('ArrowRight');
    await page.getByText('Nothing failed.').waitFor();
  });

  it('runs an experiment after a guess and shows the verdict beside it', async () => {
    room.answer = (path) =>
      path === '/experiments'
        ? { status: 200, body: [{ name: 'kill', title: 'Kill a copy', claims: ['No request fails.'] }] }
        : undefined;
    await open(3);
    const before = room.actions.length;
    await page.getByRole('tab', { name: 'Experiments' }).click();
    await page.getByText('No request fails.').waitFor();
    await page.getByLabel('Many fail').check();
    await press('Run experiment');
    expect(await lastAction(before + 1)).toEqual({ action: 'experiment', service: 'kill' });
    const p99Ms = { before: 5, during: 21, after: 5 };
    const writes = { lost: 0, repeated: 0 };
    room.send('experiment', {
      verdict: {
        ...{ experiment: 'kill', holds: true, explain: 'The proxy tries again.' },
        balancers: [{ balancer: 'direct', holds: true, failed: 0, p99Ms, writes, recoveredAfterMs: 1100 }],
      },
    });
    await page.getByText('No requests failed with direct. You expected: many fail.').waitFor();
    const verdict = page.getByRole('table', { name: 'Verdict of kill' });
    expect(await verdict.getByRole('row').last().textContent()).toContain('21 ms');
    expect(await findViolations(page)).toEqual([]);
  });

  it('explains why a request went to its copy', async () => {
    const skipped = [{ id: 'http://127.0.0.1:8081', state: 'ejected', reason: '3 failed tries' }];
    const first = { upstream: 'http://127.0.0.1:8083', startedAtMs: 0, durationMs: 2, skipped };
    room.answer = (path) => {
      if (path === '/traces/gone') return { status: 404, body: { detail: 'There is no trace of "gone".' } };
      if (path !== '/traces/abc') return undefined;
      const route = { host: null, prefix: '/api/', pool: 'api' };
      const facts = { requestId: 'abc', method: 'GET', url: '/api/images.json', status: 200, durationMs: 5 };
      return {
        status: 200,
        body: { ...facts, route, policy: 'round-robin', tries: [{ ...first, status: 200, failure: null }] },
      };
    };
    await open(3);
    await page.getByRole('tab', { name: 'Why this copy?' }).click();
    await page.getByLabel('Request id').fill('gone');
    await press('Why this copy?');
    await page.getByText('There is no trace of "gone".').waitFor();
    await page.getByLabel('Request id').fill('abc');
    await press('Why this copy?');
    await page.getByText('http://127.0.0.1:8081: 3 failed tries').waitFor();
    expect(await findViolations(page)).toEqual([]);
  });

  it('records a process and zooms into its flame graph', async () => {
    const leaf = { name: 'JSON.stringify', value: 60, children: [] };
    const handler = { name: 'handle', value: 90, children: [leaf] };
    room.answer = (path) =>
      path === '/profiles/api-2'
        ? {
            status: 200,
            body: {
              ...{ process: 'api-2', seconds: 5, download: 'profiles/1.pprof' },
              root: { name: 'all', value: 100, children: [handler] },
            },
          }
        : undefined;
    await open(3);
    await press('Profile api-2');
    expect(await page.getByLabel('Process', { exact: true }).inputValue()).toBe('api-2');
    await press('Record');
    const costliest = page.getByRole('table', { name: 'Functions with the most time of their own' });
    expect(await costliest.getByRole('row').nth(1).textContent()).toMatch(/JSON\.stringify.*60 %/);
    await page.getByTitle('handle: 90 %').click();
    await page.getByRole('button', { name: 'Show everything' }).waitFor();
    await page.getByLabel('Search a function').fill('json');
    await page.getByText('60 % of the time in matches').waitFor();
    expect(await findViolations(page)).toEqual([]);
  });

  it('dims the last values while the stream is lost, and goes on with a new snapshot', async () => {
    await open(3);
    room.snapshot = {
      facts: labFacts,
      samples: [sampleOf({ copies: 5, requestsPerSecond: 0, atMs: firstAtMs })],
      events: [],
    };
    room.answer = (path) => (path === '/events' ? { status: 503, body: {} } : undefined);
    room.cut();
    await page.getByText('reconnecting: old values').waitFor();
    expect(await page.locator('main').getAttribute('class')).toContain('stale');
    room.answer = () => undefined;
    await copy('api-5').waitFor();
    await page.getByText('live', { exact: true }).waitFor();
  });

  it.each([
    [320, 3, 400, 'light'],
    [375, 16, 400, 'dark'],
    [1280, 3, 400, 'light'],
    [1280, 0, 0, 'dark'],
    [1920, 16, 400, 'light'],
  ] as const)(
    'has no accessibility violation at %d px with %d copies at %d requests a second, %s',
    async (width, copies, requestsPerSecond, colorScheme) => {
      await open(copies, { width, requestsPerSecond, colorScheme });
      tick(copies, requestsPerSecond, copies > 1 ? { 'api-2': { state: 'paused' } } : {});
      await (copies > 1 ? copy('api-2').getByText('paused') : page.getByText('No copies run.')).waitFor();
      expect(await findViolations(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    },
  );
});
