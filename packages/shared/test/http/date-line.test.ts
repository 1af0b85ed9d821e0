import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@tripod/testing/fake-clock';
import { createDateLine } from '../../src/http/date-line.ts';

const start = Date.UTC(1994, 10, 6, 8, 49, 37);

describe('createDateLine', () => {
  it('formats the date as RFC 9110 5.6.7 requires', () => {
    expect(createDateLine(createFakeClock(start))()).toBe('Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n');
  });

  it('returns the same line until the last millisecond of a second, then the next one', () => {
    const clock = createFakeClock(start);
    const dateLine = createDateLine(clock);
    const first = dateLine();
    clock.advance(999);
    expect(dateLine()).toBe(first);
    clock.advance(1);
    expect(dateLine()).toBe('Date: Sun, 06 Nov 1994 08:49:38 GMT\r\n');
  });

  it('follows a clock that is set back', () => {
    let nowMs = start;
    const dateLine = createDateLine({ ...createFakeClock(), wallMs: () => nowMs });
    dateLine();
    nowMs -= 60_000;
    expect(dateLine()).toBe('Date: Sun, 06 Nov 1994 08:48:37 GMT\r\n');
  });
});
