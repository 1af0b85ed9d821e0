import { afterEach, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { openGallery } from '../support/gallery-page.ts';
import { picturesOf, useGallery } from '../support/gallery-suite.ts';
import { type StartedStaticServer, startStaticServer } from '../support/start-static-server.ts';

const { visit, api, site, browser } = useGallery();

let server: StartedStaticServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

/** Lists two pages and adds a picture. */
const useApi = async (page: Page): Promise<void> => {
  await page.locator('.card').nth(59).focus();
  await page.locator('.card').nth(60).waitFor();
  await page.getByRole('button', { name: 'Add a picture' }).click();
  await page.getByLabel('Title').fill('New');
  await page.getByLabel('Description').fill('A new one');
  await page.getByLabel('Address of the picture').fill('/images/fox.svg');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('link', { name: 'A new one' }).waitFor();
};

describe('the gallery of a static server on its own', () => {
  it.each(['localhost', '127.0.0.1'])(
    'uses the API of --api-url :PORT on the hostname at which it was opened: %s',
    async (hostname) => {
      api().pictures = picturesOf(61);
      server = await startStaticServer('--api-url', `:${site().apiPort}`);
      const gallery = await openGallery(browser(), `http://${hostname}:${server.port}/`);
      const asked: string[] = [];
      gallery.page.on('request', (request) => asked.push(new URL(request.url()).hostname));
      await useApi(gallery.page);
      expect(new Set(asked)).toEqual(new Set([hostname]));
      expect(api().requests).toEqual(
        expect.arrayContaining(['GET ?limit=60', 'GET ?limit=60&after=60', 'POST ']),
      );
      expect(await gallery.complaints()).toEqual([]);
      await gallery.page.context().close();
    },
  );

  it('uses the API of --api-url URL below the path of that URL', async () => {
    api().pictures = picturesOf(61);
    server = await startStaticServer('--api-url', `http://127.0.0.1:${site().apiPort}/v1`);
    const gallery = await openGallery(browser(), `http://127.0.0.1:${server.port}/`);
    const asked: string[] = [];
    gallery.page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await useApi(gallery.page);
    expect(new Set(asked.filter((path) => path.endsWith('.json')))).toEqual(new Set(['/v1/images.json']));
    expect(await gallery.complaints()).toEqual([]);
    await gallery.page.context().close();
  });
});

describe('the gallery of any other server', () => {
  it.each([
    ['there is no config.json', 404, ''],
    ['config.json is an HTML page', 200, '<!doctype html>'],
    ['config.json has no address', 200, '{"apiUrl":7}'],
  ])('asks /api/ of its own origin when %s', async (_, status, body) => {
    api().pictures = picturesOf(1);
    const page = await visit('/404.html', { failing: /config\.json/ });
    await page.route('**/config.json', (route) => route.fulfill({ status, body }));
    await page.goto(`${site().origin}/`);
    await page.getByRole('link', { name: 'What picture 1 shows' }).waitFor();
    expect(api().requests).toEqual(['GET ?limit=60']);
  });
});
