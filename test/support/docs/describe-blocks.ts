import { describe, expect, it } from '@jest/globals';
import type { BlockRunner } from './block-runner.ts';
import { findMissingProgram, readCommandBlocks } from './command-blocks.ts';

/** What a command block prints, or that with more to check. */
export type Step =
  | RegExp
  | {
      readonly prints: RegExp;
      /** Whether it runs on while the next block runs; then its output is checked afterwards. */
      readonly meanwhile?: boolean;
      /** Checked after the block, with everything that it has printed so far. */
      readonly check?: (output: string) => Promise<void>;
    };

/**
 * Registers a test for each command block of a page, in their order, so that each finds what the earlier ones have
 * left. A block whose program is not installed is skipped with the reason.
 */
export const describeBlocks = (
  page: string,
  steps: readonly Step[],
  findRunner: () => BlockRunner,
  isLeftOut: (block: string) => boolean = () => false,
): void => {
  const blocks = readCommandBlocks(page).filter((block) => !isLeftOut(block));
  describe(`the command blocks of ${page}`, () => {
    it(`of ${page} are the ones that this test knows`, () => {
      expect(blocks).toHaveLength(steps.length);
    });
    for (const [index, block] of blocks.entries()) {
      const missing = findMissingProgram(block);
      const test = missing === undefined ? it : it.skip;
      const reason = missing === undefined ? '' : ` (${missing})`;
      const step = steps[index] ?? /[\s\S]*/;
      const { prints, meanwhile = false, check } = step instanceof RegExp ? { prints: step } : step;
      test(`${page} runs: ${block.replaceAll('\n', ' ⏎ ')}${reason}`, async () => {
        const output = await findRunner().run(block, { expected: prints, meanwhile });
        await check?.(output);
      });
    }
  });
};
