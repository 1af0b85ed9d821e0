import { describe, expect, it } from '@jest/globals';
import { createSerialQueue } from '../../src/async/serial-queue.ts';

describe('createSerialQueue', () => {
  it('starts each piece of work after the previous one has succeeded or failed', async () => {
    const enqueue = createSerialQueue();
    const order: string[] = [];
    const gate = Promise.withResolvers<void>();
    const first = enqueue(async () => {
      order.push('first begins');
      await gate.promise;
      order.push('first fails');
      throw new Error('first');
    });
    const second = enqueue(() => {
      order.push('second');
      return Promise.resolve(2);
    });
    await Promise.resolve();
    expect(order).toEqual(['first begins']);
    gate.resolve();
    await expect(first).rejects.toThrow('first');
    await expect(second).resolves.toBe(2);
    expect(order).toEqual(['first begins', 'first fails', 'second']);
  });
});
