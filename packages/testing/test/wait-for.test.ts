import { describe, expect, it } from '@jest/globals';
import { waitFor } from '../src/wait-for.ts';

describe('waitFor', () => {
  it('polls until the result is neither undefined nor false', async () => {
    const answers = [undefined, false, 0];
    expect(await waitFor('a number', () => answers.shift())).toBe(0);
    expect(answers).toHaveLength(0);
  });

  it('awaits results that are promises', async () => {
    expect(await waitFor('a text', () => Promise.resolve('here'))).toBe('here');
  });

  it('names in its error what it waited for', async () => {
    await expect(waitFor('a miracle', () => false, 1)).rejects.toThrow(
      'timed out after 1 ms waiting for a miracle',
    );
  });

  it('rethrows what the polled function throws', async () => {
    const ask = () => Promise.reject(new Error('broken'));
    await expect(waitFor('anything', ask)).rejects.toThrow('broken');
  });
});
