import { afterAll, beforeAll, expect, jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../support/browser.ts';
import { type BlockRunner, createBlockRunner } from '../../support/docs/block-runner.ts';
import { describeBlocks } from '../../support/docs/describe-blocks.ts';

// A limit against hanging.
jest.setTimeout(300_000);

let runner: BlockRunner;
let browser: Browser;
beforeAll(async () => {
  runner = await createBlockRunner();
  // The script has the port of the lab as its default.
  runner.replace('labs/gallery/ab.sh', 'labs/gallery/ab.sh 200 http://127.0.0.1:8080/api/images.json');
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await runner?.stop();
});

/** Opens the page of the static server, waits for one of its elements, and returns what its console says. */
const openPage = async (selector: string): Promise<string> => {
  const page = await browser.newPage();
  const lines: string[] = [];
  page.on('console', (message) => lines.push(message.text()));
  await page.goto(`http://localhost:${runner.portOf(8082)}/`);
  await page.locator(selector).first().waitFor();
  await page.close();
  return lines.join('\n');
};

const ready = /"message":"ready"/;
const copyReady = /database \S+ at \S+ is ready/;
const listening = /path: assets\nport: \d+[\s\S]*"message":"ready"/;
/** The report of an `ab` whose requests were all answered with a 2xx. */
const noFailure = /^(?![\s\S]*Non-2xx)[\s\S]*Failed requests: +0\n/;

describeBlocks(
  'labs/gallery/README.md',
  [
    listening,
    /HTTP\/1\.1 200 [\s\S]*<title>/,
    copyReady,
    /HTTP\/1\.1 200 [\s\S]*"title": "Fox"/,
    /HTTP\/1\.1 200 [\s\S]*"title": "Cat"/,
    /HTTP\/1\.1 400 [\s\S]*API_IMAGE_INVALID[\s\S]*#\/title/,
    copyReady,
    listening,
    {
      prints: /HTTP\/1\.1 200 (?![\s\S]*Access-Control-Allow-Origin)[\s\S]*"title":"Cat"/i,
      check: async () => expect(await openPage('#try-again')).toMatch(/CORS|Access-Control-Allow-Origin/),
    },
    copyReady,
    {
      prints: /Access-Control-Allow-Origin: \*/i,
      check: async () => expect(await openPage('.card')).toBe(''),
    },
    ready,
    /<title>[\s\S]*"title":"Fox"/,
    /stopped/,
    ready,
    noFailure,
    noFailure,
    /Failed requests: +0\n[\s\S]*Keep-Alive requests: +[1-9]/,
    noFailure,
    /(?:[\s\S]*?"requests":[1-9]){3}/,
    noFailure,
    /HTTP\/1\.1 503 [\s\S]*PROXY_NO_UPSTREAM/,
    /stopped/,
  ],
  () => runner,
);
