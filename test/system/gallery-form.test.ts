import { describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { readFocus } from '../support/gallery-page.ts';
import type { Picture } from '../support/gallery-site.ts';
import { picturesOf, useGallery } from '../support/gallery-suite.ts';

const { visit, api } = useGallery();

const fox: Picture = { title: 'Fox', alt_text: 'A fox in the grass', url: '/images/fox.svg' };

const dialog = (page: Page) => page.getByRole('dialog', { name: 'Add a picture' });

const field = (page: Page, name: string) => page.locator(`#field-${name}`);

const fillFields = async (page: Page, picture: Picture): Promise<void> => {
  await page.getByLabel('Title').fill(picture.title);
  await page.getByLabel('Description').fill(picture.alt_text);
  await page.getByLabel('Address of the picture').fill(picture.url);
};

const fill = async (page: Page, picture: Picture): Promise<void> => {
  await page.getByRole('button', { name: 'Add a picture' }).click();
  await fillFields(page, picture);
};

const send = (page: Page) => page.getByRole('button', { name: 'Add', exact: true }).click();

/** Returns what a screen reader says about a field besides its label: its descriptions, and whether it is invalid. */
const describeField = async (page: Page, name: string): Promise<{ text: string; isInvalid: boolean }> => {
  const ids = ((await field(page, name).getAttribute('aria-describedby')) ?? '').split(' ');
  const texts = await Promise.all(ids.map((id) => page.locator(`#${id}`).textContent()));
  return {
    text: texts.join(' ').trim(),
    isInvalid: (await field(page, name).getAttribute('aria-invalid')) === 'true',
  };
};

describe('the form to add a picture', () => {
  it('sends the input, shows the picture, focuses it and announces it', async () => {
    api().pictures = picturesOf(2);
    const page = await visit();
    await fill(page, { ...fox, title: '  Fox ', alt_text: 'A fox\nin the grass' });
    await send(page);
    await page.getByRole('link', { name: 'A fox in the grass' }).waitFor();
    expect(api().pictures.at(-1)).toEqual(fox);
    expect(await readFocus(page)).toBe('a: Fox');
    expect(await page.locator('#announcement').textContent()).toBe('Fox was added.');
    await dialog(page).waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Add a picture' }).click();
    expect(await field(page, 'title').inputValue()).toBe('');
  });

  it('shows the first picture of an empty gallery', async () => {
    const page = await visit();
    await page.getByText('No images available.').waitFor();
    await fill(page, fox);
    await send(page);
    await page.locator('.card .is-loaded').waitFor();
    expect(await page.locator('#state').textContent()).toBe('');
  });

  it('shows a new picture in the window at once, above a list whose end has not been loaded', async () => {
    api().pictures = picturesOf(70);
    const page = await visit();
    await page.locator('.card').nth(40).scrollIntoViewIfNeeded();
    await page.evaluate("document.getElementById('add').click()");
    await fillFields(page, fox);
    await send(page);
    const added = page.locator('#added').getByRole('link', { name: 'A fox in the grass' });
    await added.locator('.is-loaded').waitFor();
    const box = await added.boundingBox();
    expect(box?.y).toBeGreaterThanOrEqual(0);
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(860);
    expect(await readFocus(page)).toBe('a: Fox');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Fox' }).waitFor();
    await page.keyboard.press('Escape');
    await page.waitForURL(({ hash }) => hash === '');
    expect(await readFocus(page)).toBe('a: Fox');
  });

  it('shows a new picture only once when the end of the list is loaded later', async () => {
    api().pictures = picturesOf(70);
    const page = await visit();
    await page.locator('.card').nth(59).waitFor();
    await fill(page, fox);
    await send(page);
    await page.locator('#added .card').waitFor();
    await page.locator('#pictures .card').last().scrollIntoViewIfNeeded();
    await page.locator('#pictures .card').nth(70).waitFor();
    expect(await page.getByRole('link', { name: 'A fox in the grass' }).count()).toBe(1);
    expect(await page.locator('.card').count()).toBe(71);
    expect(await page.getByText('Just added').isVisible()).toBe(false);
    expect(await readFocus(page)).toBe('a: Fox');
  });

  it('sends one request when the button is pressed several times', async () => {
    let release = (): void => {};
    const held = new Promise<undefined>((resolve) => {
      release = () => resolve(undefined);
    });
    api().answer = (method) => (method === 'POST' ? held : undefined);
    const page = await visit();
    await fill(page, fox);
    await send(page);
    const adding = page.getByRole('button', { name: 'Adding…' });
    await adding.click({ force: true });
    await page.keyboard.press('Enter');
    release();
    await page.getByRole('link', { name: 'A fox in the grass' }).waitFor();
    expect(api().requests.filter((line) => line.startsWith('POST'))).toHaveLength(1);
  });
});

describe('the form to add a picture with invalid input', () => {
  it('shows an error beside every empty field and focuses the first one', async () => {
    const page = await visit();
    await fill(page, { title: ' ', alt_text: '', url: '' });
    await send(page);
    expect(await describeField(page, 'title')).toEqual({
      text: 'Give the picture a title.',
      isInvalid: true,
    });
    expect((await describeField(page, 'alt_text')).text).toMatch(/Describe what the picture shows\.$/);
    expect((await describeField(page, 'url')).text).toMatch(/Enter the address of the picture\.$/);
    expect(await readFocus(page)).toBe('input: field-title');
    expect(api().requests).toEqual(['GET ?limit=60']);
  });

  it('removes the error when the field changes', async () => {
    const page = await visit();
    await fill(page, { ...fox, title: '' });
    await send(page);
    await field(page, 'title').fill('F');
    expect(await describeField(page, 'title')).toEqual({ text: '', isInvalid: false });
  });

  it.each([
    'javascript:alert(1)',
    'data:image/png;base64,AA',
    'fox.svg',
    'http://me:secret@fox.test/',
    'http://[',
  ])('refuses the address %p before it is sent', async (url) => {
    const page = await visit();
    await fill(page, { ...fox, url });
    await send(page);
    expect((await describeField(page, 'url')).text).toMatch(/Start with https:\/\/ or http:\/\//);
    expect(await readFocus(page)).toBe('input: field-url');
    expect(api().requests).toEqual(['GET ?limit=60']);
  });

  it('shows errors of the API beside their fields and keeps the input', async () => {
    api().answer = (method) =>
      method === 'POST'
        ? {
            status: 400,
            body: {
              detail: 'Two fields are wrong.',
              errors: [
                { pointer: '#/url', detail: 'must be an address' },
                { pointer: '#/alt_text', detail: 'must say more than the title' },
              ],
            },
          }
        : undefined;
    const page = await visit('/', { failing: /images\.json/ });
    await fill(page, fox);
    await send(page);
    await page.getByText('It must say more than the title.', { exact: true }).waitFor();
    expect((await describeField(page, 'alt_text')).isInvalid).toBe(true);
    expect((await describeField(page, 'url')).text).toMatch(/It must be an address\.$/);
    expect((await describeField(page, 'title')).isInvalid).toBe(false);
    expect(await readFocus(page)).toBe('textarea: field-alt_text');
    expect(await field(page, 'title').inputValue()).toBe('Fox');
    expect(await page.locator('#add-error').textContent()).toBe('');
  });

  it('shows an error without a field above the form', async () => {
    api().answer = (method) =>
      method === 'POST'
        ? {
            status: 400,
            body: { detail: 'The body is wrong.', errors: [{ pointer: '#/colour', detail: 'is not known' }] },
          }
        : undefined;
    const page = await visit('/', { failing: /images\.json/ });
    await fill(page, fox);
    await send(page);
    await page
      .getByRole('alert')
      .getByText('The body is wrong. colour is not known.', { exact: true })
      .waitFor();
  });
});

describe('the form to add a picture when the API fails', () => {
  it.each([
    [
      'the database is unavailable',
      { status: 503, body: { detail: 'Nothing was written.', requestId: 'r-7' } },
      'Nothing was written. What you typed is still here. Request r-7',
    ],
    [
      'a proxy answers with a page',
      { status: 502, body: null },
      "The gallery can't be reached just now. What you typed is still here.",
    ],
    [
      'there is no connection',
      'hang up',
      "The gallery can't be reached just now. What you typed is still here.",
    ],
  ] as const)(
    'says so and keeps what was typed when %s, and adds it on the next try',
    async (_, answer, text) => {
      api().answer = (method) => (method === 'POST' ? answer : undefined);
      const page = await visit('/', { failing: /images\.json/ });
      await fill(page, fox);
      await send(page);
      await page.getByRole('alert').getByText(text, { exact: true }).waitFor();
      expect(await field(page, 'alt_text').inputValue()).toBe(fox.alt_text);
      api().answer = () => undefined;
      await send(page);
      await page.getByRole('link', { name: 'A fox in the grass' }).waitFor();
    },
  );
});

it('the form closes with Escape and with Cancel, keeps the input and returns the focus', async () => {
  const page = await visit();
  await fill(page, fox);
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'hidden' });
  expect(await readFocus(page)).toBe('button: Add a picture');
  await page.keyboard.press('Enter');
  expect(await field(page, 'title').inputValue()).toBe('Fox');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await dialog(page).waitFor({ state: 'hidden' });
  expect(await readFocus(page)).toBe('button: Add a picture');
});
