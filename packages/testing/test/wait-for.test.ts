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

  it('takes an error for not yet, and tells the last one when time is up', async () => {
    const answers = [() => Promise.reject(new Error('too early')), () => Promise.resolve(1)];
    expect(await waitFor('a number', () => answers.shift()?.())).toBe(1);
    const error = await waitFor('anything', () => Promise.reject(new Error('broken')), 1).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ message: expect.stringContaining('anything'), cause: new Error('broken') });
  });
});
