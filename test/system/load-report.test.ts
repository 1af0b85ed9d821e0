import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { exited, spawnNode } from '@tripod/testing/spawn-node';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { findViolations } from '../support/find-violations.ts';

// A limit against hanging.
jest.setTimeout(300_000);

const folder = mkdtempSync(join(tmpdir(), 'tripod-load-report-'));
const file = join(folder, 'report.html');
const server = createServer((_request, response) => response.end('hello'));
let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const flags = ['--users', '2', '--run-time', '3s', '--max-failed', '0', '--report', file];
  const { child, output } = spawnNode(['packages/load/bin/load.js', url, ...flags]);
  const code = await exited(child);
  if (code !== 0) throw new Error(`load exited with ${code}: ${output()}`);
});
afterAll(async () => {
  server.close().closeAllConnections();
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the HTML report of pnpm load, opened from the file', () => {
  it.each(['light', 'dark'] as const)(
    'is accessible, and fits a phone and a wide screen, in %s colours',
    async (colorScheme) => {
      const page = await browser.newPage({ colorScheme, viewport: { width: 375, height: 800 } });
      const messages: string[] = [];
      const requested: string[] = [];
      page.on('console', (message) => messages.push(message.text()));
      page.on('request', (request) => requested.push(request.url()));
      await page.goto(pathToFileURL(file).href);
      expect(await page.locator('figure svg[role=img]').count()).toBe(4);
      expect(await page.getByRole('table', { name: 'Requests by name, times in ms' }).count()).toBe(1);
      for (const width of [375, 1280]) {
        await page.setViewportSize({ width, height: 800 });
        const overflow = await page.evaluate<number>(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        expect({ width, overflow }).toEqual({ width, overflow: 0 });
      }
      expect(messages).toEqual([]);
      expect(requested).toEqual([pathToFileURL(file).href]);
      expect(await findViolations(page)).toEqual([]);
      await page.close();
    },
  );

  it('is one file without references to other files', () => {
    expect(readFileSync(file, 'utf8')).not.toMatch(/\b(?:src|href)=/);
  });
});
