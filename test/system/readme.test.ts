import { afterAll, beforeAll } from '@jest/globals';
import { type BlockRunner, createBlockRunner } from '../support/docs/block-runner.ts';
import { describeBlocks } from '../support/docs/describe-blocks.ts';

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
    /"name":"api-2"[^\n]*"state":"paused"/,
    /api-2: goes on/,
    /^[\s\S]*slow by 200 ms[\s\S]*Failed requests: +0\n[\s\S]*api-2: healed/,
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
    /"result":\{[\s\S]*"verdict":"held"/,
    /"comparison":\{[\s\S]*"figure":"p99 ms"/,
    /lost-writes/,
    /requestsPerSecond/,
  ],
};

/** Blocks that start the system or test it. The test run does that itself, so it does not run them again. */
const startBlocks: ReadonlySet<string> = new Set([
  'npx --yes pnpm@12 dev',
  'npx --yes pnpm@12 dev\nnpx --yes pnpm@12 test',
  'pnpm dev --proxy nginx',
]);

let runner: BlockRunner;
beforeAll(async () => {
  runner = await createBlockRunner();
  await runner.startLab();
}, 240_000);
afterAll(() => runner?.stop());

for (const [page, steps] of Object.entries(pages))
  describeBlocks(
    page,
    steps,
    () => runner,
    (block) => startBlocks.has(block),
  );
