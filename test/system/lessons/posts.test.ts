import { afterAll, beforeAll, jest } from '@jest/globals';
import { type BlockRunner, createBlockRunner } from '../../support/docs/block-runner.ts';
import { describeBlocks } from '../../support/docs/describe-blocks.ts';

// A limit against hanging.
jest.setTimeout(300_000);

let runner: BlockRunner;
beforeAll(async () => {
  runner = await createBlockRunner();
  // The lesson opens the browser.
  runner.replace('go tool pprof -http', 'go tool pprof -no_browser -http');
  // Each run of wrk is shorter than in the lesson: what is measured is not checked.
  runner.replace('-d 3 ', '-d 1 ');
});
afterAll(() => runner?.stop());

/** The report of a `wrk` whose requests were all answered with a 2xx. */
const noFailure = /^(?![\s\S]*(?:Non-2xx|Socket errors))[\s\S]*Requests\/sec: +[1-9]/;
const ready = /"message":"ready"/;
const copyReady = /database \S+ at \S+ is ready/;

describeBlocks(
  'labs/posts/README.md',
  [
    ready,
    /\{"status":"ok"\}[\s\S]*HTTP\/1\.1 200 [\s\S]*Link: <posts\?[\s\S]*"title": /,
    noFailure,
    noFailure,
    /^requests [1-9]\d*, failed 0$/m,
    { prints: noFailure, meanwhile: true },
    /100/,
    /Serving web UI on http:\/\/localhost:/,
    /stopped/,
    copyReady,
    /^requests [1-9]\d*, failed 0$[\s\S]*Requests\/sec/m,
    copyReady,
    noFailure,
    ready,
    noFailure,
    /http_req_failed/,
    /"failed":0\b/,
    /stopped/,
  ],
  () => runner,
);
