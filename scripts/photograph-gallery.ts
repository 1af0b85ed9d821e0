/**
 * Takes the picture of the gallery for the README. Run it by hand while `pnpm dev` runs:
 * `node scripts/photograph-gallery.ts [address] [file] [width] [height]`
 * It fails when an image of the page does not load.
 */
import { join } from 'node:path';
import { launchBrowser } from '../test/support/browser.ts';

const [
  address = 'http://localhost:8080/',
  file = join(import.meta.dirname, '../docs/gallery.jpg'),
  width = '1280',
  height = '1500',
] = process.argv.slice(2);

const browser = await launchBrowser();
try {
  const page = await browser.newPage({ viewport: { width: Number(width), height: Number(height) } });
  await page.goto(address, { waitUntil: 'networkidle' });
  // Images below the fold load only when the page is scrolled to them.
  const images = page.locator('main img');
  for (const image of await images.all()) await image.scrollIntoViewIfNeeded();
  await page.waitForLoadState('networkidle');
  const missing = await images.evaluateAll((all) =>
    all.flatMap((image) =>
      'naturalWidth' in image && image.naturalWidth === 0 ? [image.getAttribute('src') ?? ''] : [],
    ),
  );
  if (missing.length > 0) throw new Error(`these images did not load:\n${missing.join('\n')}`);
  await page.evaluate('scrollTo(0, 0)');
  await page.screenshot({ path: file, quality: 82, type: 'jpeg' });
} finally {
  await browser.close();
}
