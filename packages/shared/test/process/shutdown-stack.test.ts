import { describe, expect, it } from '@jest/globals';
import { createShutdownStack } from '@tripod/shared/process/shutdown-stack';

describe('createShutdownStack', () => {
  it('runs the steps last in, first out, one after the other', async () => {
    const stack = createShutdownStack();
    const seen: string[] = [];
    stack.push('pool', () => void seen.push('pool'));
    stack.push('server', async () => {
      seen.push('server begins');
      await Promise.resolve();
      seen.push('server ends');
    });
    await stack.unwind();
    expect(seen).toEqual(['server begins', 'server ends', 'pool']);
  });

  it('runs the steps once: later calls wait for the first and share its outcome', async () => {
    const stack = createShutdownStack();
    let undone = 0;
    stack.push('pool', () => {
      undone += 1;
    });
    await Promise.all([stack.unwind(), stack.unwind()]);
    await stack.unwind();
    expect(undone).toBe(1);
  });

  it('runs every step when some fail, then throws the first failure with its step and cause', async () => {
    const stack = createShutdownStack();
    const seen: string[] = [];
    const first = new Error('busy');
    stack.push('pool', () => void seen.push('pool'));
    stack.push('cache', () => Promise.reject(new Error('later')));
    stack.push('server', () => {
      throw first;
    });
    const failure = await stack.unwind().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(failure).toMatchObject({ message: 'stopping server failed', cause: first });
    expect(seen).toEqual(['pool']);
    await expect(stack.unwind()).rejects.toBe(failure);
  });

  it('resolves when nothing was pushed', async () => {
    await createShutdownStack().unwind();
  });
});
