import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

export type GalleryPage = {
  page: Page;
  /** Problems that the browser reported: console errors, uncaught errors and CSP violations. */
  complaints: () => Promise<string[]>;
};

export type OpenOptions = BrowserContextOptions & {
  /** Addresses that the test makes fail on purpose: the browser's message about them is no problem. */
  failing?: RegExp;
};

// The browser reports CSP violations as events.
const recordViolations = `
  globalThis.violations = [];
  addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
    violations.push(violatedDirective + ' ' + blockedURI);
  });
`;

// Reduced motion, unless a test is about motion, so that no test has to wait for an animation.
const defaults: BrowserContextOptions = { viewport: { width: 1280, height: 860 }, reducedMotion: 'reduce' };

/** Opens an address in a new browser context. Close it with `page.context().close()`. */
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

/** Returns the focused element as `tag: text or label`. */
export const readFocus = (page: Page): Promise<string> =>
  page.evaluate<string>(`(() => {
    const { tagName, ariaLabel, textContent, id } = document.activeElement;
    return tagName.toLowerCase() + ': ' + (ariaLabel || textContent.trim() || id);
  })()`);
