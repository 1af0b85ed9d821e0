import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { waitFor } from '@tripod/testing/wait-for';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { type RunningStack, runStack } from '../support/run-stack.ts';

// A limit against hanging.
jest.setTimeout(300_000);

let stack: RunningStack;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  stack = await runStack({ lab: 'sessions' });
  browser = await launchBrowser();
  page = await browser.newPage();
  page.setDefaultTimeout(120_000);
  await page.goto(stack.url);
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

const scaleTo = async (copies: number): Promise<void> => {
  const { code, output } = await stack.command('scale', `api=${copies}`);
  if (code !== 0) throw new Error(output);
};

/** Records each number that the page shows for this session, from the present one on. */
const recordSessionCounts = (): Promise<void> =>
  page.evaluate(`{
    const element = document.querySelector('[data-value=session-count]');
    const read = () => Number(element.textContent.replaceAll(',', ''));
    globalThis.sessionCounts = [read()];
    new MutationObserver(() => sessionCounts.push(read())).observe(element, { childList: true });
  }`);

/** Waits for this many further answers and returns the copies that gave them. */
const nextCopies = async (answers: number): Promise<readonly string[]> => {
  const shown = (): Promise<number> => page.evaluate('sessionCounts.length');
  const enough = (await shown()) + answers;
  await waitFor(`${answers} further answers`, async () => (await shown()) >= enough);
  const blocks = page.getByRole('list', { name: 'Last 30 answers, oldest first' }).getByRole('listitem');
  const texts = await blocks.locator('.visually-hidden').allTextContents();
  return [...new Set(texts.slice(-answers))].sort();
};

describe('the page of the sessions lab while it polls its stack', () => {
  it('shows new copies, and the session count never skips or goes back at 3, 5 and 2 copies', async () => {
    await page.locator('[data-value=session-count]', { hasText: /\d/ }).waitFor();
    const sessionId = await page.locator('[data-value=session-id]').textContent();
    await recordSessionCounts();
    await page.getByLabel('Interval in seconds').fill('0.5');
    await page.keyboard.press('Enter');
    expect(await nextCopies(12)).toEqual(['api-1', 'api-2', 'api-3']);
    await scaleTo(5);
    const shares = page.getByRole('list', { name: 'Answers of each copy among the last 30' });
    for (const name of ['api-4', 'api-5']) await shares.getByText(name).waitFor();
    await scaleTo(2);
    // The first of these may have been asked before the end of the command.
    await nextCopies(1);
    expect(await nextCopies(12)).toEqual(['api-1', 'api-2']);
    const counts = await page.evaluate<readonly number[]>('sessionCounts');
    const [first = 0] = counts;
    expect(counts).toEqual(counts.map((_, step) => first + step));
    expect(await page.locator('[data-value=session-id]').textContent()).toBe(sessionId);
  });

  it('enqueues a job that a worker does', async () => {
    await page.getByLabel('Job', { exact: true }).fill('from-the-page');
    await page.getByRole('button', { name: 'Enqueue' }).click();
    await page.locator('[data-value=done]', { hasText: /^1$/ }).waitFor();
    expect(stack.output()).toContain('processed: from-the-page');
  });

  it('shows what one copy stored in an answer of any copy', async () => {
    await page.getByLabel('Value').fill('green');
    await page.getByRole('button', { name: 'Store' }).click();
    const answer = page.locator('[data-value=key-answer]');
    await answer.getByText('Stored color = green').waitFor();
    await page.getByRole('button', { name: 'Read' }).click();
    await answer.getByText('color = green', { exact: true }).waitFor();
  });
});
