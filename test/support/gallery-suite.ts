import { afterAll, afterEach, beforeAll, expect, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { type GalleryPage, type OpenOptions, openGallery } from './gallery-page.ts';
import { type GallerySite, type Picture, type ScriptedApi, startGallerySite } from './gallery-site.ts';

export type GallerySuite = {
  /**
   * Opens a path of the page in a new browser context. After the test it is closed, and the test fails on reported
   * problems.
   */
  visit: (path?: string, options?: OpenOptions) => Promise<Page>;
  /** The scripted API; it is reset before each test. */
  api: () => ScriptedApi;
  site: () => GallerySite;
  browser: () => Browser;
};

/** Returns the pictures 1 to `count`, all of which load. */
export const picturesOf = (count: number): Picture[] =>
  Array.from({ length: count }, (_, index) => ({
    title: `Picture ${index + 1}`,
    alt_text: `What picture ${index + 1} shows`,
    url: '/images/owl.svg',
  }));

/** Registers hooks that start, reset and stop one site and one browser for all tests of a file. */
export const useGallery = (): GallerySuite => {
  // A browser is slow on a busy machine.
  jest.setTimeout(300_000);
  let site: GallerySite | undefined;
  let browser: Browser | undefined;
  let opened: GalleryPage[] = [];

  const siteOf = (): GallerySite => {
    if (!site) throw new Error('the site has not been started');
    return site;
  };

  const browserOf = (): Browser => {
    if (!browser) throw new Error('the browser has not been started');
    return browser;
  };

  beforeAll(async () => {
    site = await startGallerySite();
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  });

  afterEach(async () => {
    const complaints = await Promise.all(opened.map((one) => one.complaints()));
    await Promise.all(opened.map((one) => one.page.context().close()));
    opened = [];
    Object.assign(siteOf().api, { pictures: [], requests: [], answer: () => undefined });
    expect(complaints.flat()).toEqual([]);
  });

  return {
    visit: async (path = '/', options = {}) => {
      const gallery = await openGallery(browserOf(), `${siteOf().origin}${path}`, options);
      opened.push(gallery);
      return gallery.page;
    },
    api: () => siteOf().api,
    site: siteOf,
    browser: browserOf,
  };
};
