import { afterAll, beforeAll, jest } from '@jest/globals';
import { type BlockRunner, createBlockRunner } from '../../support/docs/block-runner.ts';
import { describeBlocks } from '../../support/docs/describe-blocks.ts';

// A limit against hanging.
jest.setTimeout(300_000);

let runner: BlockRunner;
beforeAll(async () => {
  runner = await createBlockRunner();
});
afterAll(() => runner?.stop());

const ready = /"message":"ready"/;

describeBlocks(
  'labs/sessions/README.md',
  [
    ready,
    /"session_count":1,[\s\S]*"session_count":2,[\s\S]*"session_count":3,/,
    /api-5: ready/,
    /api-3: removed/,
    /"session_count":4,/,
    /"failed":0\b[\s\S]*"holds":true/,
    /"enqueued":"test-1"[\s\S]*"enqueued":"test-2"[\s\S]*"enqueued":"fail-3"/,
    /processed: test-1[\s\S]*processed: test-2/,
    /"enqueued":"test-4"[\s\S]*"waiting":\d+/,
    /"key":"color","value":"blue"\}[\s\S]*"key":"color","value":"blue"\}/,
    /stopped/,
    ready,
    /[1-9]/,
    /processed: by-hand/,
    /stopped/,
  ],
  () => runner,
);
