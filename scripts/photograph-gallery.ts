/**
 * Called by hand while `pnpm dev` runs: takes the picture of the gallery that the README shows.
 * `node scripts/photograph-gallery.ts [address] [file] [width] [height]`
 */
import { join } from 'node:path';
import { launchBrowser } from '../test/support/browser.ts';

const [
  address = 'http://localhost:8080/',
  file = join(import.meta.dirname, '../docs/gallery.jpg'),
  width = '1280',
  height = '1720',
] = process.argv.slice(2);

const browser = await launchBrowser();
try {
  const page = await browser.newPage({ viewport: { width: Number(width), height: Number(height) } });
  await page.goto(address, { waitUntil: 'networkidle' });
  await page.screenshot({ path: file, quality: 82, type: 'jpeg' });
} finally {
  await browser.close();
}
