import { describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { readFocus } from '../support/gallery-page.ts';
import { picturesOf, useGallery } from '../support/gallery-suite.ts';

const { visit, api, site, browser } = useGallery();

const state = (page: Page) => page.locator('#state');

describe('the states of the gallery', () => {
  it('has the title, the heading and the subheading', async () => {
    const page = await visit();
    expect(await page.title()).toBe('Image gallery');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Gallery');
    await page
      .getByText("Sunsets and animals like you've never seen them before.", { exact: true })
      .waitFor();
  });

  it('says "Loading images…" until the API answers', async () => {
    let release = (): void => {};
    const held = new Promise<undefined>((resolve) => {
      release = () => resolve(undefined);
    });
    api().answer = () => held;
    api().pictures = picturesOf(1);
    const page = await visit();
    expect(await state(page).textContent()).toBe('Loading images…');
    release();
    await page.getByRole('link', { name: 'What picture 1 shows' }).waitFor();
    expect(await state(page).textContent()).toBe('');
  });

  it('says "No images available." when there are none', async () => {
    const page = await visit();
    await page.getByText('No images available.', { exact: true }).waitFor();
    expect(await page.getByRole('button', { name: 'Try again' }).isVisible()).toBe(false);
  });

  it.each([
    ['null, as some implementations say none', null, 'No images available.'],
    ['something that is no list', { images: [] }, 'Something went wrong.'],
  ])('reads %s', async (_, body, text) => {
    api().answer = () => ({ status: 200, body });
    const page = await visit();
    await page.getByText(text, { exact: true }).waitFor();
  });

  it('says "Something went wrong." with the reason and the request id, and shows the pictures on trying again', async () => {
    // Not an outage, after which the page would retry by itself.
    api().answer = () => ({ status: 500, body: { detail: 'The database is odd.', requestId: 'r-81' } });
    api().pictures = picturesOf(2);
    const page = await visit('/', { failing: /images\.json/ });
    await page.getByText('Something went wrong.', { exact: true }).waitFor();
    expect(await page.locator('#reason').textContent()).toBe('The database is odd.\nRequest r-81');
    api().answer = () => undefined;
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('.card').nth(1).waitFor();
    expect(await readFocus(page)).toBe('a: Picture 1');
    expect(await state(page).textContent()).toBe('');
  });

  it('keeps the focus on "Try again" when trying again fails too', async () => {
    api().answer = () => 'hang up';
    const page = await visit('/', { failing: /images\.json/ });
    const again = page.getByRole('button', { name: 'Try again' });
    await again.click();
    await page.getByText("The gallery can't be reached just now.", { exact: true }).waitFor();
    await again.waitFor();
    expect(await readFocus(page)).toBe('button: Try again');
  });

  it('shows two sample pictures with ?sample without a request to the API', async () => {
    const page = await visit('/?sample');
    await page.locator('.card .is-loaded').nth(1).waitFor();
    expect(await page.locator('.card .title').allTextContents()).toEqual(['Sunset', 'Fox']);
    expect(await page.getByRole('button', { name: 'Add a picture' }).isVisible()).toBe(false);
    expect(api().requests).toEqual([]);
  });

  it('says in one sentence that it needs JavaScript, without a button or a text that waits for it', async () => {
    const context = await browser().newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${site().origin}/`);
    // Text selectors skip noscript.
    const sentence = page.locator('noscript p');
    await sentence.waitFor();
    expect(await sentence.textContent()).toBe(
      'This gallery needs JavaScript, which is turned off in this browser.',
    );
    expect(await page.getByRole('button').count()).toBe(0);
    expect(await state(page).isVisible()).toBe(false);
    await context.close();
  });

  it('shows which copy of the API served the list', async () => {
    api().pictures = picturesOf(1);
    const page = await visit();
    await page.getByText('This list was served by api-2.').waitFor();
  });

  it('has a 404 page', async () => {
    const page = await visit('/nowhere/at/all', { failing: /nowhere/ });
    await page.getByRole('heading', { name: 'Not found' }).waitFor();
    await page.getByRole('link', { name: 'To the gallery' }).click();
    await page.getByText('No images available.').waitFor();
  });
});

describe('paging of the gallery', () => {
  it('requests 60 pictures at a time, more only on scrolling, and announces them', async () => {
    api().pictures = picturesOf(130);
    const page = await visit();
    const announcement = page.locator('#announcement');
    await announcement.getByText('60 pictures shown.', { exact: true }).waitFor();
    expect(api().requests).toEqual(['GET ?limit=60']);
    await page.locator('.card').last().scrollIntoViewIfNeeded();
    await announcement.getByText('60 more, 120 shown.', { exact: true }).waitFor();
    await page.keyboard.press('End');
    await announcement.getByText('10 more, 130 shown, all there are.', { exact: true }).waitFor();
    expect(api().requests).toEqual(['GET ?limit=60', 'GET ?limit=60&after=60', 'GET ?limit=60&after=120']);
    expect(await page.locator('.card .title').allTextContents()).toEqual(
      api().pictures.map(({ title }) => title),
    );
  });

  it('requests more while the end of the list is visible', async () => {
    const all = picturesOf(8);
    api().answer = (_, search) => {
      const from = Number(search.get('after') ?? 0);
      const link = `<images.json?after=${from + 2}>; rel="next"`;
      return { status: 200, body: all.slice(from, from + 2), headers: from < 6 ? { link } : {} };
    };
    const page = await visit();
    await page.locator('#announcement').getByText('2 more, 8 shown, all there are.').waitFor();
  });

  it('requests more when the keyboard focus reaches the last picture', async () => {
    api().pictures = picturesOf(61);
    const page = await visit();
    await page.locator('.card').nth(59).focus();
    await page.locator('.card').nth(60).waitFor();
    await page.keyboard.press('Tab');
    expect(await readFocus(page)).toBe('a: Picture 61');
  });

  it('keeps its pictures when the next page fails, and continues from there', async () => {
    api().pictures = picturesOf(70);
    // The page retries by itself, but later.
    const away = { status: 502, body: null, headers: { 'retry-after': '30' } };
    api().answer = (_, search) => (search.has('after') ? away : undefined);
    const page = await visit('/', { failing: /images\.json/ });
    await page.locator('.card').nth(59).focus();
    await page.getByText("The gallery can't be reached just now.", { exact: true }).waitFor();
    expect(await page.locator('.card').count()).toBe(60);
    api().answer = () => undefined;
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('.card').nth(69).waitFor();
    expect(await readFocus(page)).toBe('a: Picture 61');
  });

  it('never follows a link to another origin', async () => {
    api().answer = () => ({
      status: 200,
      body: picturesOf(1),
      headers: { link: '<http://elsewhere.test/images.json>; rel="next"' },
    });
    const page = await visit();
    await page.locator('#announcement').getByText('1 picture shown, all there are.').waitFor();
  });
});

describe('the pictures of the gallery', () => {
  it.each([
    ['there is no file', '/images/gone.jpg', 'There is no file at its address.'],
    [
      'the file is no picture',
      '/style.css',
      'The file at its address is not a picture that this browser can show.',
    ],
    ['another site does not answer', 'http://127.0.0.1:1/x.jpg', 'It could not be loaded from 127.0.0.1:1.'],
    [
      'its address is no web address',
      'data:image/png;base64,AA',
      'Its address is not an http or https address.',
    ],
  ])('says in words why a picture cannot be shown, when %s', async (_, url, reason) => {
    api().pictures = [{ title: 'Lost', alt_text: 'A picture that is gone', url }];
    const page = await visit('/', { failing: /gone\.jpg|x\.jpg/ });
    const fallback = page.locator('.card .frame.is-broken .fallback');
    await fallback.getByText(reason, { exact: true }).waitFor();
    expect(await fallback.locator('> *').allTextContents()).toEqual([
      "This picture can't be shown.",
      reason,
      'A picture that is gone',
    ]);
    // The link contains the reason for screen readers too, once beside the description.
    const link = page.getByRole('link', { name: reason });
    expect((await link.getAttribute('aria-haspopup')) ?? '').toBe('dialog');
    expect(await page.getByRole('img', { name: 'A picture that is gone' }).count()).toBe(1);
    await page.locator('.card').click();
    await page.locator('#stage .fallback').getByText(reason, { exact: true }).waitFor();
  });

  it('has no picture in the frame of a picture that cannot be shown', async () => {
    api().pictures = [{ title: 'Lost', alt_text: 'Gone', url: '/images/gone.jpg' }];
    const page = await visit('/', { failing: /gone\.jpg/ });
    const fallback = page.locator('.card .fallback');
    await fallback.waitFor();
    expect(
      await page.evaluate<string>("getComputedStyle(document.querySelector('.fallback')).backgroundImage"),
    ).toBe('none');
  });

  it('reads titles and descriptions in the direction of their first strong letter', async () => {
    api().pictures = [
      { title: 'مرحبا بالعالم (2024)!', alt_text: 'שלום עולם (abc).', url: '/images/owl.svg' },
      { title: 'Fox (2024)!', alt_text: 'A fox.', url: '/images/gone.jpg' },
    ];
    const page = await visit('/', { failing: /gone\.jpg/ });
    await page.locator('.card').first().click();
    await page.getByRole('dialog').waitFor();
    const directionOf = async (selector: string): Promise<string> => {
      await page.locator(selector).waitFor({ state: 'attached' });
      return await page.evaluate<string>(`getComputedStyle(document.querySelector('${selector}')).direction`);
    };
    expect(await directionOf('li:nth-child(1) .title')).toBe('rtl');
    expect(await directionOf('#lightbox-title')).toBe('rtl');
    expect(await directionOf('#lightbox-text')).toBe('rtl');
    await page.keyboard.press('ArrowRight');
    expect(await directionOf('li:nth-child(2) .title')).toBe('ltr');
    expect(await directionOf('#lightbox-title')).toBe('ltr');
    expect(await directionOf('#stage .fallback-text')).toBe('ltr');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Add a picture' }).click();
    await page.getByLabel('Title').fill('مرحبا');
    expect(await directionOf('#field-title')).toBe('rtl');
  });

  it('has a frame of the same size before and after a picture loads', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    api().pictures = picturesOf(1);
    const page = await visit('/404.html');
    await page.route('**/owl.svg', async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(`${site().origin}/`, { waitUntil: 'commit' });
    const frame = page.locator('.card .frame');
    const before = await frame.boundingBox();
    release();
    await page.locator('.card .frame.is-loaded').waitFor();
    expect(await frame.boundingBox()).toEqual(before);
    expect((before?.width ?? 0) / (before?.height ?? 1)).toBeCloseTo(4 / 3, 2);
  });

  it('has no layout shift when the list and the pictures load', async () => {
    api().pictures = picturesOf(70);
    const page = await visit('/404.html');
    await page.addInitScript(`
      globalThis.shifted = 0;
      new PerformanceObserver((list) => {
        for (const { value } of list.getEntries()) shifted += value;
      }).observe({ type: 'layout-shift', buffered: true });
    `);
    await page.goto(`${site().origin}/`);
    await page.locator('.card .is-loaded').nth(7).waitFor();
    expect(await page.evaluate('shifted')).toBeLessThan(0.01);
  });

  it('loads the first pictures at once and the others when they are near the viewport', async () => {
    api().pictures = picturesOf(12);
    const page = await visit();
    await page.locator('.card').nth(11).waitFor();
    const loading = await page
      .locator('.card img')
      .evaluateAll((images) => images.map((image) => image.getAttribute('loading')));
    expect(loading).toEqual([...Array(8).fill('eager'), ...Array(4).fill('lazy')]);
  });

  it('shows markup in titles and descriptions as text', async () => {
    const markup = '<img src=x onerror="globalThis.hacked = true"><script>hacked = true</script>';
    api().pictures = [{ title: markup, alt_text: markup, url: '/images/fox.svg' }];
    const page = await visit();
    await page.locator('.card .is-loaded').waitFor();
    expect(await page.locator('.card .title').textContent()).toBe(markup);
    await page.locator('.card').click();
    expect(await page.locator('#lightbox-title').textContent()).toBe(markup);
    expect(await page.evaluate('globalThis.hacked')).toBeUndefined();
    expect(await page.locator('.card img, #stage img').count()).toBe(2);
  });

  it.each([
    'javascript:globalThis.hacked=true',
    'java\tscript:globalThis.hacked=true',
    'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"/>',
    'blob:http://127.0.0.1/1',
    'file:///etc/passwd',
    'http://user:secret@127.0.0.1/picture.jpg',
    'http://[',
    '',
  ])('never puts %p into src', async (url) => {
    api().pictures = [{ title: 'Odd', alt_text: 'Odd address', url }];
    const page = await visit();
    await page.locator('.card .is-broken').waitFor();
    expect(await page.locator('.card img').getAttribute('src')).toBeNull();
    expect(await page.evaluate('globalThis.hacked')).toBeUndefined();
  });
});
