import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { type GalleryPage, openGallery } from '../support/gallery-page.ts';
import { type RunningStack, runStack } from '../support/run-stack.ts';

let stack: RunningStack | undefined;
let browser: Browser | undefined;

beforeAll(async () => {
  stack = await runStack({ copies: 1 });
  browser = await launchBrowser();
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

const open = (): Promise<GalleryPage> => {
  if (!stack || !browser) throw new Error('the stack or the browser has not been started');
  return openGallery(browser, stack.url, { failing: /images\.json/ });
};

it('the gallery shows an outage while every copy is stopped, and recovers by itself when one starts', async () => {
  expect(await stack?.command('stop', 'api')).toMatchObject({ code: 0 });
  const { page, complaints } = await open();
  await page.getByText('Something went wrong.', { exact: true }).waitFor();
  const lines = await page.evaluate<string>("document.getElementById('reason').innerText");
  expect(lines).toMatch(/^The gallery can't be reached just now\.\nRequest [0-9a-f-]+$/);
  expect(await stack?.command('start', 'api')).toMatchObject({ code: 0 });
  await page.locator('.card').first().waitFor({ timeout: 120_000 });
  expect(await page.locator('#state').textContent()).toBe('');
  expect(await complaints()).toEqual([]);
}, 240_000);
