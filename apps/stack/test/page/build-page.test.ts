import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { systemClock } from '@tripod/shared/async/clock';
import { buildPage } from '../../src/page/build-page.ts';
import { checkout } from '../support/fixture-stack.ts';
import { useTempFolders } from '../support/temp-folder.ts';

// A limit against hanging.
jest.setTimeout(120_000);

const makeFolder = useTempFolders();

/** A page that needs nothing but Vite, which is borrowed from the dashboard. */
const preparePage = () => {
  const folder = makeFolder();
  const source = join(folder, 'page-source');
  mkdirSync(join(source, 'node_modules'), { recursive: true });
  symlinkSync(join(checkout, 'apps/dashboard/node_modules/vite'), join(source, 'node_modules/vite'));
  writeFileSync(join(source, 'package.json'), '{"type":"module"}');
  const write = (text: string): void => writeFileSync(join(source, 'index.html'), `<p>${text}</p>`);
  write('first');
  const lines: string[] = [];
  const outDir = join(folder, 'state/page');
  return {
    source,
    write,
    lines,
    build: () =>
      buildPage({
        source,
        outDir,
        execPath: process.execPath,
        clock: systemClock,
        onProgress: (line) => void lines.push(line),
      }),
    readBuilt: () => readFileSync(join(outDir, 'index.html'), 'utf8'),
  };
};

describe('buildPage', () => {
  it('builds a page once, and again only after its sources have changed', async () => {
    const page = preparePage();
    await page.build();
    expect(page.readBuilt()).toContain('first');
    await page.build();
    expect(page.lines).toEqual([expect.stringMatching(/^built the page of .*page-source in \d+\.\d s$/)]);
    page.write('second');
    await page.build();
    expect(page.readBuilt()).toContain('second');
    expect(page.lines).toHaveLength(2);
  });

  it('keeps the last build when a build fails, and says why', async () => {
    const page = preparePage();
    await page.build();
    page.write('<script type="module" src="./missing.js"></script>');
    await expect(page.build()).rejects.toThrow(/^The page in .*page-source cannot be built: .*missing\.js/s);
    expect(page.readBuilt()).toContain('first');
  });
});
