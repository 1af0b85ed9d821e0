import { describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { readFocus } from '../support/gallery-page.ts';
import type { Answer } from '../support/gallery-site.ts';
import { picturesOf, useGallery } from '../support/gallery-suite.ts';

const { visit, api, site } = useGallery();

const awayText = "The gallery can't be reached just now.";
const failing = /images\.json/;

/** The response of the proxy when no copy is available. */
const noUpstream = (retryAfterS = 1, requestId = 'r-9'): Answer => ({
  status: 503,
  body: { title: 'No upstream is available', status: 503, requestId },
  headers: { 'retry-after': String(retryAfterS) },
});

const databaseAway: Answer = {
  status: 503,
  body: { title: 'The database is not available', detail: 'The database cannot be used now.' },
  headers: { 'retry-after': '1' },
};

/** Returns the visible lines of the element with this id. */
const readShown = (page: Page, id: string): Promise<string> =>
  page.evaluate<string>(`document.getElementById('${id}').innerText`);

const again = (page: Page) => page.getByRole('button', { name: 'Try again' });
const firstPicture = (page: Page) => page.getByRole('link', { name: 'What picture 1 shows' });

/** Opens the gallery with a clock that only the test advances. */
const visitWithClock = async (): Promise<Page> => {
  const page = await visit('/404.html', { failing });
  await page.clock.install({ time: 0 });
  await page.clock.pauseAt(1000);
  await page.goto(`${site().origin}/`);
  await again(page).waitFor();
  return page;
};

/** Advances the clock, and waits for the next request and until the page shows the request id of its response. */
const passUntilAsked = async (page: Page, ms: number): Promise<void> => {
  const answered = page.waitForResponse(failing);
  await page.clock.runFor(ms);
  const problem = (await (await answered).json()) as { readonly requestId?: string } | null;
  if (problem?.requestId) await page.getByText(`Request ${problem.requestId}`).waitFor();
};

describe('the gallery in an outage', () => {
  it.each<[string, Answer | 'hang up']>([
    ['no copy is left', noUpstream()],
    ['the database is unavailable', databaseAway],
    ['a proxy answers with a page', { status: 502, body: null }],
    ['the answer takes too long', { status: 504, body: { title: 'The upstream did not answer in time' } }],
    ['there is no connection', 'hang up'],
  ])('is that the gallery is not available, when %s', async (_, answer) => {
    api().answer = () => answer;
    const page = await visit('/', { failing });
    await page.getByText('Something went wrong.', { exact: true }).waitFor();
    expect((await readShown(page, 'reason')).split('\n')[0]).toBe(awayText);
  });

  it('shows the request id on a separate line, below the list and in the dialog', async () => {
    api().answer = () => noUpstream();
    const page = await visit('/', { failing });
    await again(page).waitFor();
    expect(await readShown(page, 'reason')).toBe(`${awayText}\nRequest r-9`);
    await page.getByRole('button', { name: 'Add a picture' }).click();
    await page.getByLabel('Title').fill('Fox');
    await page.getByLabel('Description').fill('A fox');
    await page.getByLabel('Address of the picture').fill('/images/fox.svg');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('alert').getByText('still here').waitFor();
    expect(await readShown(page, 'add-error')).toBe(`${awayText} What you typed is still here.\nRequest r-9`);
  });

  it('ends a title with a full stop when it replaces a missing detail', async () => {
    api().answer = () => ({ status: 500, body: { title: 'Internal error' } });
    const page = await visit('/', { failing });
    await again(page).waitFor();
    expect(await readShown(page, 'reason')).toBe('Internal error.');
  });
});

describe('the gallery in an outage, without user input', () => {
  it('shows and announces the pictures as soon as the API is back, and does not move the focus', async () => {
    api().pictures = picturesOf(2);
    api().answer = () => noUpstream();
    const page = await visit('/', { failing });
    await again(page).waitFor();
    await page.getByRole('button', { name: 'Add a picture' }).focus();
    api().answer = () => undefined;
    await firstPicture(page).waitFor();
    expect(await readFocus(page)).toBe('button: Add a picture');
    expect(await page.locator('#announcement').textContent()).toBe('2 pictures shown, all there are.');
    expect(await again(page).isVisible()).toBe(false);
  });

  it('moves the focus from the button that disappears', async () => {
    api().pictures = picturesOf(1);
    api().answer = () => noUpstream();
    const page = await visit('/', { failing });
    await again(page).focus();
    api().answer = () => undefined;
    await firstPicture(page).waitFor();
    expect(await readFocus(page)).toBe('a: Picture 1');
  });

  it('retries after Retry-After, then with a growing delay of at most 30 s', async () => {
    api().answer = () => noUpstream(4, `r-${api().requests.length}`);
    const page = await visitWithClock();
    for (const [asked, seconds] of [4, 8, 16, 30, 30].entries()) {
      await page.clock.runFor(seconds * 1000 - 100);
      expect(api().requests).toHaveLength(asked + 1);
      await passUntilAsked(page, 100);
    }
  });

  it('waits at least one second, also without Retry-After', async () => {
    api().answer = () => ({ status: 502, body: null });
    const page = await visitWithClock();
    await page.clock.runFor(900);
    expect(api().requests).toHaveLength(1);
    await passUntilAsked(page, 100);
  });

  it('announces the outage once, however often it retries', async () => {
    api().answer = () => noUpstream(1, `r-${api().requests.length}`);
    const page = await visitWithClock();
    await page.evaluate(`
      globalThis.said = [];
      new MutationObserver(() => said.push(document.getElementById('state').textContent))
        .observe(document.getElementById('state'), { childList: true, characterData: true, subtree: true });
    `);
    await passUntilAsked(page, 1000);
    await passUntilAsked(page, 2000);
    expect(await page.evaluate('said')).toEqual([]);
  });

  it('does not retry by itself after "Try again" was pressed', async () => {
    api().answer = () => noUpstream();
    const page = await visitWithClock();
    await again(page).click();
    await again(page).waitFor();
    await page.clock.runFor(120_000);
    expect(api().requests).toHaveLength(2);
  });

  it('does not retry after a permanent failure', async () => {
    api().answer = () => ({ status: 400, body: { detail: 'The query is wrong.' } });
    const page = await visitWithClock();
    await page.clock.runFor(120_000);
    expect(api().requests).toHaveLength(1);
  });
});
