import { describe, expect, it } from '@jest/globals';
import { isReadyReport, isStopOrder } from '@tripod/shared/process/supervision';

describe('the messages between supervisor and service', () => {
  it.each([
    [{ type: 'ready', url: 'http://127.0.0.1:1' }, true, false],
    [{ type: 'stop', drainDelayMs: 0 }, false, true],
    [{ type: 'other' }, false, false],
    [{}, false, false],
    ['stop', false, false],
    [null, false, false],
    [undefined, false, false],
  ])('tells what %j is', (message, ready, stop) => {
    expect(isReadyReport(message)).toBe(ready);
    expect(isStopOrder(message)).toBe(stop);
  });
});
