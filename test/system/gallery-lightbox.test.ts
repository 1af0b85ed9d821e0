import { describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { readFocus } from '../support/gallery-page.ts';
import { picturesOf, useGallery } from '../support/gallery-suite.ts';

const { visit, api } = useGallery();

const titleOf = (page: Page) => page.locator('#lightbox-title');

const openLightbox = async (page: Page, number: number): Promise<void> => {
  await page
    .locator('.card')
    .nth(number - 1)
    .focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: `Picture ${number}`, exact: true }).waitFor();
};

/** Moves one finger from the middle of the page by this many pixels. */
const swipe = async (page: Page, x: number, y: number): Promise<void> => {
  const session = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', share: number) =>
    session.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: type === 'touchEnd' ? [] : [{ x: 190 + x * share, y: 300 + y * share }],
    });
  await touch('touchStart', 0);
  await touch('touchMove', 0.5);
  await touch('touchMove', 1);
  await touch('touchEnd', 1);
};

describe('the lightbox by keyboard', () => {
  it('opens with Enter, names the picture and its position, and focuses Close', async () => {
    api().pictures = picturesOf(3);
    const page = await visit();
    await openLightbox(page, 2);
    expect(await page.locator('#lightbox-text').textContent()).toBe('What picture 2 shows');
    expect(await page.locator('#lightbox-place').textContent()).toBe('2 / 3');
    expect(await page.locator('#stage img').getAttribute('alt')).toBe('What picture 2 shows');
    expect(await readFocus(page)).toBe('button: Close');
  });

  it('closes with Escape, returns the focus to the picture and keeps the scroll position', async () => {
    api().pictures = picturesOf(30);
    const page = await visit();
    await page.locator('.card').nth(20).focus();
    const before = await page.evaluate('scrollY');
    await openLightbox(page, 21);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(await readFocus(page)).toBe('a: Picture 21');
    expect(await page.evaluate('scrollY')).toBe(before);
  });

  it('moves with the arrow keys and wraps around from the last picture to the first', async () => {
    api().pictures = picturesOf(3);
    const page = await visit();
    await openLightbox(page, 2);
    const seen: (string | null)[] = [];
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowLeft', 'ArrowLeft']) {
      await page.keyboard.press(key);
      seen.push(await titleOf(page).textContent());
    }
    expect(seen).toEqual(['Picture 3', 'Picture 1', 'Picture 3', 'Picture 2']);
  });

  it('keeps the focus inside the dialog, forwards and backwards', async () => {
    api().pictures = picturesOf(2);
    const page = await visit();
    await openLightbox(page, 1);
    const seen: string[] = [];
    for (const key of ['Tab', 'Tab', 'Tab', 'Shift+Tab', 'Shift+Tab']) {
      await page.keyboard.press(key);
      seen.push(await readFocus(page));
    }
    expect(seen.map((focus) => focus.replace('button: ', ''))).toEqual([
      'Previous picture',
      'Next picture',
      'Close',
      'Next picture',
      'Previous picture',
    ]);
  });

  it('loads the next page when it moves past the last loaded picture', async () => {
    api().pictures = picturesOf(61);
    const page = await visit('/#picture-60');
    await page.getByRole('dialog', { name: 'Picture 60' }).waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('dialog', { name: 'Picture 61' }).waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('dialog', { name: 'Picture 1', exact: true }).waitFor();
  });
});

it('the lightbox requests a page only once while it is loading', async () => {
  let release = (): void => {};
  const held = new Promise<undefined>((resolve) => {
    release = () => resolve(undefined);
  });
  api().pictures = picturesOf(61);
  api().answer = (_, search) => (search.has('after') ? held : undefined);
  const page = await visit('/#picture-60');
  await page.getByRole('dialog', { name: 'Picture 60' }).waitFor();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowLeft');
  await page.getByRole('dialog', { name: 'Picture 59' }).waitFor();
  release();
  await page.locator('.card').nth(60).waitFor();
  expect(await page.locator('.card').count()).toBe(61);
  expect(api().requests).toEqual(['GET ?limit=60', 'GET ?limit=60&after=60']);
});

it('the lightbox stays at the last picture when the next page fails to load', async () => {
  api().pictures = picturesOf(61);
  api().answer = (_, search) => (search.has('after') ? 'hang up' : undefined);
  const page = await visit('/#picture-60', { failing: /images\.json/ });
  await page.getByRole('dialog', { name: 'Picture 60' }).waitFor();
  await page.keyboard.press('ArrowRight');
  await page.locator('#state', { hasText: 'Something went wrong.' }).waitFor();
  expect(await titleOf(page).textContent()).toBe('Picture 60');
});

describe('the lightbox by pointer', () => {
  it('opens with a click, and moves and closes with its buttons', async () => {
    api().pictures = picturesOf(3);
    const page = await visit();
    await page.locator('.card').first().click();
    await page.getByRole('button', { name: 'Previous picture' }).click();
    expect(await titleOf(page).textContent()).toBe('Picture 3');
    await page.getByRole('button', { name: 'Next picture' }).click();
    expect(await titleOf(page).textContent()).toBe('Picture 1');
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(await readFocus(page)).toBe('a: Picture 1');
  });

  it('closes with a click next to the picture', async () => {
    api().pictures = picturesOf(1);
    const page = await visit();
    await page.locator('.card').first().click();
    await page.getByRole('dialog').waitFor();
    await page.mouse.click(200, 20);
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  });

  it('leaves a click with Ctrl to the browser, so that a link opens in a new tab', async () => {
    api().pictures = picturesOf(2);
    const page = await visit();
    const card = page.locator('.card').nth(1);
    // A headless browser may or may not open a tab; only the default action matters.
    const left = page.evaluate(`new Promise((resolve) => {
      addEventListener('click', (event) => {
        resolve({ prevented: event.defaultPrevented, href: event.target.closest('a').getAttribute('href') });
        event.preventDefault();
      });
    })`);
    await card.click({ modifiers: ['ControlOrMeta'] });
    expect(await left).toEqual({ prevented: false, href: '#picture-2' });
    expect(await page.getByRole('dialog').isVisible()).toBe(false);
  });

  it('has no previous and next buttons when there is one picture', async () => {
    api().pictures = picturesOf(1);
    const page = await visit();
    await page.locator('.card').first().click();
    await page.getByRole('button', { name: 'Close' }).waitFor();
    expect(
      await page
        .getByRole('dialog')
        .getByRole('button', { name: /picture/ })
        .count(),
    ).toBe(0);
  });

  it.each([
    ['left to the next picture', -120, 10, 'Picture 3'],
    ['right to the one before', 120, -10, 'Picture 1'],
    ['a little, which is a slip', -30, 0, 'Picture 2'],
    ['up, which means nothing', 20, -160, 'Picture 2'],
    ['more up than aside, which means nothing', 100, -160, 'Picture 2'],
  ])('can be swiped %s', async (_, x, y, title) => {
    api().pictures = picturesOf(3);
    const page = await visit('/#picture-2', { viewport: { width: 375, height: 740 }, hasTouch: true });
    await page.getByRole('dialog', { name: 'Picture 2' }).waitFor();
    await swipe(page, x, y);
    await page.getByRole('dialog', { name: title }).waitFor();
  });

  it('closes with a swipe down', async () => {
    api().pictures = picturesOf(3);
    const page = await visit('/#picture-2', { viewport: { width: 375, height: 740 }, hasTouch: true });
    await page.getByRole('dialog').waitFor();
    await swipe(page, 5, 200);
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  });
});

describe('the address of the lightbox', () => {
  it('contains the open picture, and nothing when none is open', async () => {
    api().pictures = picturesOf(2);
    const page = await visit('/?from=friend');
    await openLightbox(page, 1);
    await page.keyboard.press('ArrowRight');
    await page.waitForURL(({ hash }) => hash === '#picture-2');
    await page.keyboard.press('Escape');
    await page.waitForURL(({ hash }) => hash === '');
    expect(new URL(page.url()).search).toBe('?from=friend');
  });

  it('returns the focus to the picture of the address when it closes', async () => {
    api().pictures = picturesOf(3);
    const page = await visit('/#picture-2');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.waitForURL(({ hash }) => hash === '');
    expect(await readFocus(page)).toBe('a: Picture 2');
  });

  it('opens the picture of the address and loads the pages up to it', async () => {
    api().pictures = picturesOf(130);
    const page = await visit('/#picture-125');
    await page.getByRole('dialog', { name: 'Picture 125' }).waitFor();
  });

  it.each(['#picture-9', '#picture-0', '#picture-x'])(
    'opens nothing for %s of two pictures',
    async (hash) => {
      api().pictures = picturesOf(2);
      const page = await visit(`/${hash}`);
      await page.locator('.card .is-loaded').nth(1).waitFor();
      expect(await page.getByRole('dialog').isVisible()).toBe(false);
    },
  );
});

it('the lightbox shows title and description of a picture that fails to load', async () => {
  api().pictures = [{ title: 'Lost', alt_text: 'A picture that is gone', url: '/images/gone.jpg' }];
  const page = await visit('/', { failing: /gone\.jpg/ });
  await page.locator('.card .is-broken').waitFor();
  await page.locator('.card').click();
  await page.locator('#stage .fallback').getByText('A picture that is gone').waitFor();
  expect(await page.locator('#stage img').getAttribute('alt')).toBe('A picture that is gone');
});
