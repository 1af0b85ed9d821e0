import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { freePort } from '@tripod/testing/free-port';
import { waitFor } from '@tripod/testing/wait-for';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { findViolations } from '../support/find-violations.ts';
import { type RunningStack, runStack } from '../support/run-stack.ts';

// A limit against hanging.
jest.setTimeout(300_000);

let stack: RunningStack;
let browser: Browser;
let page: Page;
let url: string;
const complaints: string[] = [];

beforeAll(async () => {
  const port = await freePort();
  stack = await runStack({ copies: 3, flags: ['--control-room-port', `${port}`] });
  url = `http://localhost:${port}/`;
  browser = await launchBrowser();
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    reducedMotion: 'reduce',
  });
  page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(url)) complaints.push(`asked elsewhere: ${request.url()}`);
  });
  await page.goto(url);
  await page.getByText('live', { exact: true }).waitFor();
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
const copy = (name: string) => page.getByRole('listitem', { name, exact: true });
const restartsOf = async (name: string): Promise<number> => {
  const { output } = await stack.command('ps');
  const row = output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { readonly name: string; readonly restarts: number })
    .find((one) => one.name === name);
  return row?.restarts ?? -1;
};

describe('the control room of a running lab', () => {
  it('puts load on it, kills a copy, and shows it away and back without a failed request', async () => {
    for (const name of ['api-1', 'api-2', 'api-3']) await copy(name).waitFor();
    await page.getByLabel('Number of users').fill('10');
    await page.getByLabel('Run time').fill('10m');
    await press('Start swarming');
    const aggregated = page.getByRole('row', { name: /Aggregated/ });
    await aggregated.waitFor();
    await press('Kill api-2');
    await waitFor('the restart', async () => (await restartsOf('api-2')) > 0);
    await page.getByRole('button', { name: /^api-2 killed at/ }).waitFor();
    await copy('api-2').getByText('healthy').waitFor();
    await page.getByText(/0 of [\d,]+ requests failed\./).waitFor();
  });

  it('switches the policy and scales the copies', async () => {
    await page.getByLabel('Policy').selectOption('least-requests');
    await waitFor('the policy', async () => {
      const pools = (await (await fetch(`${stack.adminUrl}/pools/api`)).json()) as { policy: string };
      return pools.policy === 'least-requests';
    });
    await press('Add a copy');
    await copy('api-4').getByText('healthy').waitFor();
    await press('Remove a copy');
    await copy('api-4').waitFor({ state: 'detached' });
  });

  it('takes a flame graph of a copy, and tells why a request went to its copy', async () => {
    const profile = (await (await fetch(new URL('profiles/api-1?seconds=1', url))).json()) as {
      readonly root: { readonly value: number };
      readonly download: string;
    };
    expect(profile.root.value).toBeGreaterThan(0);
    expect((await fetch(new URL(profile.download, url))).status).toBe(200);
    const { headers } = await fetch(`${stack.url}/api/images.json`, { headers: { 'X-Trace': '1' } });
    const id = headers.get('x-request-id') ?? '';
    const trace = await waitFor('the trace', async () => {
      const response = await fetch(new URL(`traces/${id}`, url));
      return response.ok && ((await response.json()) as { readonly tries: readonly unknown[] });
    });
    expect(trace.tries).toHaveLength(1);
  });

  it('stops the load, and has its statistics and a report', async () => {
    await press('Stop');
    await page.getByRole('button', { name: 'Start swarming', exact: true }).waitFor();
    const report = await waitFor('the report', async () => {
      const response = await fetch(new URL('report.html', url));
      return response.ok && (await response.text());
    });
    expect(report).toContain('<!doctype html>');
    expect(await page.getByRole('link', { name: 'Download report' }).getAttribute('href')).toBe(
      'report.html',
    );
  });

  it.each([320, 375, 1280])(
    'has no accessibility fault and no sideways scrolling at %d px',
    async (width) => {
      await page.setViewportSize({ width, height: 900 });
      expect(await findViolations(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      expect(complaints).toEqual([]);
    },
  );

  it('is not reachable through the load balancer', async () => {
    expect((await fetch(`${stack.url}/events`)).status).toBe(404);
    expect((await fetch(`${stack.url}/actions`, { method: 'POST' })).status).not.toBe(202);
  });
});
