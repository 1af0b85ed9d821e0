import { describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { findViolations } from '../support/find-violations.ts';
import { picturesOf, useGallery } from '../support/gallery-suite.ts';

const { visit, api } = useGallery();

type State = {
  name: string;
  path?: string;
  failing?: RegExp;
  prepare?: () => void;
  reach: (page: Page) => Promise<void>;
};

const states: State[] = [
  {
    name: 'the gallery, with a picture that cannot be loaded',
    failing: /gone\.jpg/,
    prepare: () => {
      api().pictures = [...picturesOf(7), { title: 'Lost', alt_text: 'Gone', url: '/images/gone.jpg' }];
    },
    reach: async (page) => {
      await page.locator('.card .is-loaded').nth(6).waitFor();
      await page.locator('.card .is-broken').waitFor();
    },
  },
  {
    name: 'the lightbox',
    path: '/#picture-2',
    prepare: () => {
      api().pictures = picturesOf(3);
    },
    reach: (page) => page.locator('#stage .is-loaded').waitFor(),
  },
  {
    name: 'the form, with errors in each place',
    failing: /images\.json/,
    prepare: () => {
      api().answer = (method) =>
        method === 'POST'
          ? {
              status: 400,
              body: {
                detail: 'Wrong.',
                errors: ['title', 'alt_text', 'url', 'other'].map((name) => ({
                  pointer: `#/${name}`,
                  detail: 'is wrong',
                })),
              },
            }
          : undefined;
    },
    reach: async (page) => {
      await page.getByRole('button', { name: 'Add a picture' }).click();
      await page.getByLabel('Title').fill('Fox');
      await page.getByLabel('Description').fill('Fox');
      await page.getByLabel('Address of the picture').fill('/fox.svg');
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await page.getByRole('alert').getByText('Wrong.').waitFor();
    },
  },
  {
    name: 'the error',
    failing: /images\.json/,
    prepare: () => {
      api().answer = () => ({
        status: 503,
        body: { detail: 'The database is unavailable.', requestId: 'r-81' },
      });
    },
    reach: (page) => page.getByRole('button', { name: 'Try again' }).waitFor(),
  },
  { name: 'the empty gallery', reach: (page) => page.getByText('No images available.').waitFor() },
  {
    name: 'the page of an address where nothing is',
    path: '/nowhere',
    failing: /nowhere/,
    reach: (page) => page.getByRole('heading', { name: 'Not found' }).waitFor(),
  },
];

const looks = [375, 1280].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ viewport: { width, height: 800 }, colorScheme })),
);

describe('the gallery has no axe-core violation, narrow and wide, light and dark, in the state', () => {
  it.each(states)('$name', async ({ path, failing, prepare, reach }) => {
    prepare?.();
    for (const look of looks) {
      // With reduced motion no element is half transparent while contrasts are measured.
      const page = await visit(path, { ...look, reducedMotion: 'reduce', ...(failing ? { failing } : {}) });
      await reach(page);
      expect(await findViolations(page)).toEqual([]);
    }
  });
});

describe('in a window 320 pixels wide', () => {
  it.each(states)(
    'nothing is cut off or scrolls sideways with $name',
    async ({ path, failing, prepare, reach }) => {
      prepare?.();
      const page = await visit(path, {
        viewport: { width: 320, height: 640 },
        ...(failing ? { failing } : {}),
      });
      await reach(page);
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(320);
      const outside = await page.evaluate<string[]>(`
      [...document.querySelectorAll('h1, h2, p, img, button, input, textarea, .title')]
        .filter((element) => element.checkVisibility() && !element.closest('.visually-hidden, .skip'))
        .filter((element) => {
          const { left, right } = element.getBoundingClientRect();
          return left < 0 || right > 320;
        })
        .map((element) => element.outerHTML)
    `);
      expect(outside).toEqual([]);
    },
  );

  it('breaks words that are longer than a line', async () => {
    const long = 'Wo'.repeat(100);
    api().pictures = [{ title: long, alt_text: long, url: '/images/fox.svg' }];
    const page = await visit('/#picture-1', { viewport: { width: 320, height: 640 } });
    await page.locator('#stage .is-loaded').waitFor();
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(320);
    expect(await page.evaluate<number>("document.getElementById('lightbox').scrollWidth")).toBe(320);
  });
});

describe('motion', () => {
  const readMotion = async (reducedMotion: 'reduce' | 'no-preference') => {
    api().pictures = picturesOf(1);
    const page = await visit('/', { reducedMotion });
    await page.locator('.card .is-loaded').waitFor();
    return page.evaluate(`({
      frame: getComputedStyle(document.querySelector('.card .frame')).transitionDuration,
      dialog: getComputedStyle(document.querySelector('#lightbox')).transitionDuration,
    })`);
  };

  it('plays animations by default', async () => {
    expect(await readMotion('no-preference')).toEqual({
      frame: '0.45s, 0.45s, 0.45s',
      dialog: '0.2s, 0.45s, 0.2s, 0.2s',
    });
  });

  it('plays no animations with prefers-reduced-motion', async () => {
    expect(await readMotion('reduce')).toEqual({ frame: '0s, 0s, 0s', dialog: '0s, 0s, 0s, 0s' });
  });
});

it('the gallery has a skip link to the pictures and a visible focus', async () => {
  api().pictures = picturesOf(1);
  const page = await visit();
  await page.locator('.card .is-loaded').waitFor();
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: 'Skip to the pictures' });
  expect((await skip.boundingBox())?.width).toBeGreaterThan(100);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  const outline = "getComputedStyle(document.activeElement).outline + ' ' + document.activeElement.className";
  expect(await page.evaluate<string>(outline)).toMatch(/3px .*card$/);
});
