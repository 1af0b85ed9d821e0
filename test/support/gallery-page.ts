import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

export type GalleryPage = {
  page: Page;
  /** What the browser complained of: console errors, uncaught errors and violations of the policy. */
  complaints: () => Promise<string[]>;
};

export type OpenOptions = BrowserContextOptions & {
  /** Addresses whose failure the test itself brings about: the browser's line about them is no complaint. */
  failing?: RegExp;
};

// The browser's own record of what the policy refused.
const recordViolations = `
  globalThis.violations = [];
  addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
    violations.push(violatedDirective + ' ' + blockedURI);
  });
`;

// Without motion unless a test is about it: nothing has to be waited for until it stands still.
const defaults: BrowserContextOptions = { viewport: { width: 1280, height: 860 }, reducedMotion: 'reduce' };

/** Opens an address in a context of its own; close it with `page.context().close()`. */
export const openGallery = async (
  browser: Browser,
  address: string,
  { failing, ...options }: OpenOptions = {},
): Promise<GalleryPage> => {
  const context = await browser.newContext({ ...defaults, ...options });
  context.setDefaultTimeout(90_000);
  await context.addInitScript(recordViolations);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    const isExpected = failing?.test(message.location().url) ?? false;
    if (message.type() === 'error' && !isExpected) errors.push(message.text());
  });
  await page.goto(address);
  return { page, complaints: async () => [...errors, ...(await page.evaluate<string[]>('violations'))] };
};

/** The accessible element that has the focus, as `tag: its text or its label`. */
export const readFocus = (page: Page): Promise<string> =>
  page.evaluate<string>(`(() => {
    const { tagName, ariaLabel, textContent, id } = document.activeElement;
    return tagName.toLowerCase() + ': ' + (ariaLabel || textContent.trim() || id);
  })()`);
