import { describe, expect, it } from '@jest/globals';
import { waitFor } from '../src/wait-for.ts';

describe('waitFor', () => {
  it('asks until the answer is neither undefined nor false', async () => {
    const answers = [undefined, false, 0];
    expect(await waitFor('a number', () => answers.shift())).toBe(0);
    expect(answers).toHaveLength(0);
  });

  it('waits for answers that are promises', async () => {
    expect(await waitFor('a text', () => Promise.resolve('here'))).toBe('here');
  });

  it('gives up with what it waited for', async () => {
    await expect(waitFor('a miracle', () => false, 1)).rejects.toThrow('waited 1 ms in vain for a miracle');
  });

  it('passes on what the question throws', async () => {
    const ask = () => Promise.reject(new Error('broken'));
    await expect(waitFor('anything', ask)).rejects.toThrow('broken');
  });
});
