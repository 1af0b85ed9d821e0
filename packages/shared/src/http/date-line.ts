import type { Clock } from '../async/clock.ts';

/** Creates a function that returns the Date header line (RFC 9110 5.6.7), formatted once per second. */
export const createDateLine = (clock: Clock): (() => string) => {
  let second = Number.NaN;
  let line = '';
  return () => {
    const nowMs = clock.wallMs();
    const current = Math.floor(nowMs / 1000);
    if (current !== second) {
      second = current;
      line = `Date: ${new Date(nowMs).toUTCString()}\r\n`;
    }
    return line;
  };
};
