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
