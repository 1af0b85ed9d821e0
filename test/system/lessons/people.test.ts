import { afterAll, beforeAll, expect, jest } from '@jest/globals';
import { type BlockRunner, createBlockRunner } from '../../support/docs/block-runner.ts';
import { describeBlocks } from '../../support/docs/describe-blocks.ts';

// A limit against hanging.
jest.setTimeout(300_000);

let runner: BlockRunner;
beforeAll(async () => {
  runner = await createBlockRunner();
});
afterAll(() => runner?.stop());

const statusesOf = (output: string): readonly string[] =>
  [...output.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status = '']) => status);

const answers = (...statuses: readonly string[]) => ({
  prints: /HTTP/,
  check: async (output: string): Promise<void> => expect(statusesOf(output)).toEqual(statuses),
});

const foundOnce = /\[\{"id":"[0-9a-f-]{36}","apelido":"zeca"[^{}]*\}\]/;

describeBlocks(
  'labs/people/README.md',
  [
    /"message":"ready"/,
    /"name":"proxy"[\s\S]*"name":"api-2"/,
    /HTTP\/1\.1 201 [\s\S]*Location: \/pessoas\/[0-9a-f-]{36}\r[\s\S]*"apelido":"ana"/,
    answers('422', '422', '400'),
    {
      prints: /"apelido":"ana"/,
      check: async (output) => expect(statusesOf(output)).toEqual(['200', '400']),
    },
    /HTTP\/1\.1 200 [\s\S]*\n1$/,
    new RegExp(`Non-2xx responses: +19\\n[\\s\\S]*${foundOnce.source}`),
    /"failed":0\b/,
    /KO=0 [\s\S]*failed +0/,
    new RegExp(`ready again[\\s\\S]*${foundOnce.source}`),
    /stopped/,
  ],
  () => runner,
);
