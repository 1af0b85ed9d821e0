import { describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { readFocus } from '../support/gallery-page.ts';
import type { Answer } from '../support/gallery-site.ts';
import { picturesOf, useGallery } from '../support/gallery-suite.ts';

const { visit, api, site } = useGallery();

const awayText = "The gallery can't be reached just now.";
const failing = /images\.json/;

/** What our proxy answers when no copy is left. */
const noUpstream = (retryAfterS = 1, requestId = 'r-9'): Answer => ({
  status: 503,
  body: { title: 'No upstream is available', status: 503, requestId },
  headers: { 'retry-after': String(retryAfterS) },
});

const databaseAway: Answer = {
  status: 503,
  body: { title: 'The database is not available', detail: 'The database can not be used now.' },
  headers: { 'retry-after': '1' },
};

/** The text of the element with that id, in the lines that a person sees. */
const readShown = (page: Page, id: string): Promise<string> =>
  page.evaluate<string>(`document.getElementById('${id}').innerText`);

const again = (page: Page) => page.getByRole('button', { name: 'Try again' });
const firstPicture = (page: Page) => page.getByRole('link', { name: 'What picture 1 shows' });

/** Opens the gallery with a clock that only the test moves on. */
const visitWithClock = async (): Promise<Page> => {
  const page = await visit('/404.html', { failing });
  await page.clock.install({ time: 0 });
  await page.clock.pauseAt(1000);
  await page.goto(`${site().origin}/`);
  await again(page).waitFor();
  return page;
};

/** Moves the clock on, and waits for what is asked then and until the page has read the answer, by its request id. */
const passUntilAsked = async (page: Page, ms: number): Promise<void> => {
  const answered = page.waitForResponse(failing);
  await page.clock.runFor(ms);
  const problem = (await (await answered).json()) as { readonly requestId?: string } | null;
  if (problem?.requestId) await page.getByText(`Request ${problem.requestId}`).waitFor();
};

describe('what a visitor reads in an outage', () => {
  it.each<[string, Answer | 'hang up']>([
    ['no copy is left', noUpstream()],
    ['the database is away', databaseAway],
    ['a proxy answers with a page', { status: 502, body: null }],
    ['the answer takes too long', { status: 504, body: { title: 'The upstream did not answer in time' } }],
    ['there is no connection', 'hang up'],
  ])('is that the gallery is away, when %s', async (_, answer) => {
    api().answer = () => answer;
    const page = await visit('/', { failing });
    await page.getByText('Something went wrong.', { exact: true }).waitFor();
    expect((await readShown(page, 'reason')).split('\n')[0]).toBe(awayText);
  });

  it('names the request on a line of its own, below the list and in the dialog', async () => {
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

  it('ends a title that stands for a missing detail with a full stop', async () => {
    api().answer = () => ({ status: 500, body: { title: 'Internal error' } });
    const page = await visit('/', { failing });
    await again(page).waitFor();
    expect(await readShown(page, 'reason')).toBe('Internal error.');
  });
});

describe('the page that nobody touches', () => {
  it('shows the pictures as soon as it can, announces them, and leaves the focus where it is', async () => {
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

  it('hands the focus on from the button that goes away', async () => {
    api().pictures = picturesOf(1);
    api().answer = () => noUpstream();
    const page = await visit('/', { failing });
    await again(page).focus();
    api().answer = () => undefined;
    await firstPicture(page).waitFor();
    expect(await readFocus(page)).toBe('a: Picture 1');
  });

  it('asks not before Retry-After, then ever later, and at least every 30 s', async () => {
    api().answer = () => noUpstream(4, `r-${api().requests.length}`);
    const page = await visitWithClock();
    for (const [asked, seconds] of [4, 8, 16, 30, 30].entries()) {
      await page.clock.runFor(seconds * 1000 - 100);
      expect(api().requests).toHaveLength(asked + 1);
      await passUntilAsked(page, 100);
    }
  });

  it('takes a second at least, also without Retry-After', async () => {
    api().answer = () => ({ status: 502, body: null });
    const page = await visitWithClock();
    await page.clock.runFor(900);
    expect(api().requests).toHaveLength(1);
    await passUntilAsked(page, 100);
  });

  it('says it once, however often it asks', async () => {
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

  it('leaves the asking to whoever has pressed "Try again"', async () => {
    api().answer = () => noUpstream();
    const page = await visitWithClock();
    await again(page).click();
    await again(page).waitFor();
    await page.clock.runFor(120_000);
    expect(api().requests).toHaveLength(2);
  });

  it('asks no more when the failure is none that passes', async () => {
    api().answer = () => ({ status: 400, body: { detail: 'The query is wrong.' } });
    const page = await visitWithClock();
    await page.clock.runFor(120_000);
    expect(api().requests).toHaveLength(1);
  });
});
