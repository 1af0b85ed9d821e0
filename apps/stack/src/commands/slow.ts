import { defineFault, forMsSetting } from '../command/fault-command.ts';

/** `stack slow NAME`: each request waits in the process before it is handled. */
export const slow = defineFault({
  name: 'slow',
  description: 'Make every request of a copy wait before it is handled, health checks included',
  example: ['slow api-2 --delay-ms 200 --jitter-ms 50', 'a copy that is slow but not dead'],
  settings: {
    delayMs: {
      type: 'integer',
      minimum: 1,
      maximum: 60_000,
      default: 200,
      environment: false,
      description: 'How long each request waits',
    },
    jitterMs: {
      type: 'integer',
      minimum: 0,
      maximum: 60_000,
      default: 0,
      environment: false,
      description: 'By how much the delay varies in both directions, at random',
    },
    forMs: forMsSetting,
  },
  faultOf: ({ delayMs, jitterMs }) => ({ kind: 'slow', delayMs, jitterMs }),
  describe: ({ delayMs, jitterMs }) => `slow by ${delayMs}${jitterMs === 0 ? '' : ` ± ${jitterMs}`} ms`,
  forMs: ({ forMs }) => forMs,
});
