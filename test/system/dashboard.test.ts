import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { type DashboardSite, type ScriptedAnswer, startDashboardSite } from '../support/dashboard-site.ts';
import { findViolations } from '../support/find-violations.ts';

jest.setTimeout(300_000);

let site: DashboardSite;
let browser: Browser;
let page: Page;
let complaints: string[] = [];
let count = 0;
const asked: string[] = [];
const sessionId = '2a0c6a5e-7d53-4b0e-9a38-6d0a2c6d3f11';

const answerWell = (path: string, query: URLSearchParams): ScriptedAnswer => {
  asked.push(`${path}?${query}`);
  if (path === 'jobs') return { status: 200, body: { waiting: 2, running: 1, done: 14, failed: 3 } };
  if (path === 'enqueue') return { status: 200, body: { enqueued: query.get('job'), id: '7' } };
  if (path === 'set') return { status: 200, body: Object.fromEntries(query) };
  if (path === 'get')
    return query.get('key') === 'color'
      ? { status: 200, body: { key: 'color', value: 'blue' } }
      : { status: 404, body: { title: 'No such key' } };
  count += 1;
  const served_by = servedBy(count);
  return {
    status: 200,
    body: { served_by, session_id: sessionId, session_count: count, global_count: 1000 + count },
  };
};
const answerAway = (): ScriptedAnswer => ({
  status: 503,
  body: { title: 'The state store is not available', detail: 'The state store does not answer.' },
});

const readValue = (name: string): Promise<string | null> =>
  page.locator(`[data-value="${name}"]`).textContent();
/** All values at one moment: the page asks by itself every 1.5 s. */
const readValues = (): Promise<Record<string, string>> =>
  page.evaluate(
    "Object.fromEntries([...document.querySelectorAll('[data-value]')].map((one) => [one.dataset.value, one.textContent]))",
  );
const servedBy = (number: number): string => `api-${1 + (number % 3)}`;
/** Waits until an element shows the text. */
const shows = (name: string, text: string): Promise<void> =>
  page.locator(`[data-value="${name}"]`, { hasText: text }).waitFor();

const open = async (width = 1280): Promise<void> => {
  const context = await browser.newContext({ viewport: { width, height: 800 }, reducedMotion: 'reduce' });
  page = await context.newPage();
  page.on('console', (message) => {
    // Chromium itself writes a line for each answer of 400 and above.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(site.url);
};

beforeAll(async () => {
  site = await startDashboardSite(answerWell);
  browser = await launchBrowser();
});
afterEach(async () => {
  await page.context().close();
  site.answer = answerWell;
  count = 0;
  asked.length = 0;
  expect(complaints).toEqual([]);
  complaints = [];
});
afterAll(async () => {
  await browser.close();
  await site.stop();
});

describe('the page of the sessions lab', () => {
  it('shows who answered, the session, both counters and the jobs', async () => {
    await open();
    await shows('waiting', '2');
    await shows('session-count', '1');
    const values = await readValues();
    const shown = Number(values['session-count']);
    expect(values).toMatchObject({
      'served-by': servedBy(shown),
      'session-id': sessionId,
      'global-count': (1000 + shown).toLocaleString('en'),
      waiting: '2',
      running: '1',
      done: '14',
      failed: '3',
    });
  });

  it('keeps the last 30 answers in the strip, each with the name of its copy', async () => {
    await open();
    for (let click = 1; click <= 33; click += 1) {
      await page.getByRole('button', { name: 'Refresh now' }).click();
      await shows('session-count', String(click + 1));
    }
    const blocks = page.getByRole('list', { name: 'Last 30 answers, oldest first' }).getByRole('listitem');
    expect(await blocks.count()).toBe(30);
    expect(await blocks.last().textContent()).toContain(await readValue('served-by'));
  });

  it('asks by itself at the interval, and no more while it is paused', async () => {
    await open();
    await page.getByLabel('Interval in seconds').fill('0.5');
    await page.keyboard.press('Enter');
    await shows('session-count', '4');
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    await page.getByRole('button', { name: 'Refresh now' }).click();
    const before = count;
    // Longer than two intervals, in the time of the browser.
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 1200))');
    expect(count).toBeLessThanOrEqual(before + 1);
  });

  it.each(['0.4', '61', 'x', ''])('refuses an interval of %j and says which are allowed', async (typed) => {
    await open();
    await page.getByLabel('Interval in seconds').fill(typed);
    await page.keyboard.press('Enter');
    await page.getByText('Type a number of seconds from 0.5 to 60.').waitFor();
  });

  it('keeps the last values while the API fails, says why, and goes on when it is back', async () => {
    await open();
    await shows('session-count', '1');
    site.answer = answerAway;
    await page.getByRole('button', { name: 'Refresh now' }).click();
    const notice = page.getByRole('main').getByRole('status').first();
    await notice.getByText('The state store does not answer.').waitFor();
    expect(await readValue('session-count')).toBe(String(count));
    expect(await readValue('served-by')).toBe(servedBy(count));
    site.answer = answerWell;
    await page.getByRole('button', { name: 'Refresh now' }).click();
    await shows('session-count', String(count + 1));
    expect(await notice.textContent()).toBe('');
  });

  it('shows a job waiting, running and done, and announces the end', async () => {
    const idle = { waiting: 0, running: 0, done: 14, failed: 3 };
    const steps = [
      { ...idle, waiting: 1 },
      { ...idle, running: 1 },
      { ...idle, done: 15 },
    ];
    let enqueued = false;
    site.answer = (path, query) => {
      if (path === 'enqueue') enqueued = true;
      if (path !== 'jobs') return answerWell(path, query);
      const counts = enqueued && steps.length > 1 ? steps.shift() : steps[0];
      return { status: 200, body: enqueued ? counts : idle };
    };
    await open();
    await shows('done', '14');
    await page.evaluate(`
      globalThis.seen = [];
      for (const stage of ['waiting', 'running', 'done'])
        new MutationObserver(([{ target }]) => seen.push(stage + ' ' + target.textContent))
          .observe(document.querySelector('[data-value=' + stage + ']'), { childList: true });
    `);
    await page.getByRole('button', { name: 'Enqueue' }).click();
    await page.getByText('No job is waiting or running any more.').waitFor();
    expect(await page.evaluate('seen')).toEqual([
      'waiting 1',
      'waiting 0',
      'running 1',
      'running 0',
      'done 15',
    ]);
  });

  it('enqueues a job and stores and reads a key by the keyboard alone', async () => {
    await open();
    await page.getByLabel('Job', { exact: true }).focus();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('résumé & 1');
    await page.keyboard.press('Enter');
    await page.getByText('Job 7 “résumé & 1” is waiting for a worker.').waitFor();
    expect(asked).toContain(`enqueue?${new URLSearchParams({ job: 'résumé & 1' })}`);
    await page.getByLabel('Value').focus();
    await page.keyboard.press('Enter');
    await shows('key-answer', 'Stored color = blue');
    await page.getByLabel('Key', { exact: true }).fill('none');
    await page.getByRole('button', { name: 'Read' }).press('Enter');
    await shows('key-answer', 'There is no key none.');
  });

  it.each([320, 375, 1280])(
    'has no accessibility fault and no sideways scrolling at %d px',
    async (width) => {
      await open(width);
      await shows('session-count', '1');
      expect(await findViolations(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    },
  );
});
