import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  isInstalled,
  isTimedLoad,
  readCommandBlocks,
  type StartedBlock,
  startBlock,
  waitForLoad,
} from '../support/docs/command-blocks.ts';
import { type RunningStack, runStack } from '../support/run-stack.ts';

/** The report of an `ab` whose requests were all answered with a 2xx. */
const noFailure = /^(?![\s\S]*Non-2xx)[\s\S]*Failed requests: +0\n/;
const failures = /Non-2xx responses: +[1-9]/;
const listedFrom = /HTTP\/1\.1 200 [\s\S]*X-Served-By: api-\d/i;
const readyAgain = /ready again/;
const done = /ready/;

/**
 * What each command block prints, in the order of the page. A timed load is checked when the block after it has
 * ended.
 */
const pages: Readonly<Record<string, readonly RegExp[]>> = {
  'README.md': [noFailure, /ready again[\s\S]*"name":"api-5"/],
  'docs/tutorial/1-why-balance.md': [/api-3/, failures, readyAgain, done, noFailure, readyAgain],
  'docs/tutorial/2-see-it.md': [
    listedFrom,
    /"title":"Cat","alt_text":"A cool cat"/,
    /Complete requests: +10\n/,
    /"name":"static-server"/,
    /api-2/,
    // Each of the three copies has had requests.
    /"name":"api","policy":"round-robin"(?:[\s\S]*?"id":[\s\S]*?"requests":[1-9]){3}/,
  ],
  'docs/tutorial/3-break-it.md': [
    noFailure,
    readyAgain,
    /"name":"api-2"[^\n]*"state":"stopped"/,
    listedFrom,
    /api-2/,
    /api-1/,
    /HTTP\/1\.1 503 [\s\S]*Retry-After: [\s\S]*PROXY_NO_UPSTREAM/i,
    done,
  ],
  'docs/tutorial/4-scale-it.md': [
    noFailure,
    /api-5: ready/,
    /"draining":true/,
    /"draining":false[\s\S]*"weight":3[\s\S]*"weight":3/,
  ],
  'docs/tutorial/5-measure-it.md': [
    /Complete requests: +20000\n/,
    /Complete requests: +20000\n[\s\S]*Complete requests: +20000\n/,
    /lost-writes/,
    /requestsPerSecond/,
  ],
};

/** The first word of some line of the block that is not installed. */
const missingProgram = (block: string): string | undefined =>
  [...new Set(block.split('\n').map((line) => line.split(' ')[0] ?? ''))]
    .concat(block.startsWith('pnpm bench ') ? ['nginx', 'wrk'] : [])
    .find((program) => !isInstalled(program));

let stack: RunningStack;
let load: { readonly block: StartedBlock; readonly expected: RegExp } | undefined;
beforeAll(async () => {
  stack = await runStack();
}, 240_000);
afterAll(async () => {
  load?.block.child.kill();
  await stack?.stop();
});

describe.each(Object.entries(pages))('the command blocks of %s', (page, expectations) => {
  const blocks = readCommandBlocks(page);

  it(`of ${page} are the ones that this test knows`, () => {
    expect(blocks).toHaveLength(expectations.length);
  });

  for (const [index, block] of blocks.entries()) {
    const missing = missingProgram(block);
    const test = missing === undefined ? it : it.skip;
    const expected = expectations[index] ?? /[\s\S]*/;
    const reason = missing === undefined ? '' : ` (${missing} is not installed)`;
    test(`${page} runs: ${block.replaceAll('\n', ' ⏎ ')}${reason}`, async () => {
      const started = startBlock(block, stack);
      if (isTimedLoad(block)) {
        load = { block: started, expected };
        await waitForLoad(stack);
        return;
      }
      expect(await started.finished).toEqual({ code: 0, output: expect.stringMatching(expected) });
      if (!load) return;
      const report = await load.block.finished;
      const { expected: expectedReport } = load;
      load = undefined;
      expect(report).toEqual({ code: 0, output: expect.stringMatching(expectedReport) });
    });
  }
});
