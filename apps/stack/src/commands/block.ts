import { defineFault } from '../command/fault-command.ts';

/** `stack block NAME`: the event loop of the process does nothing for a time. */
export const block = defineFault({
  name: 'block',
  description: 'Block the event loop of a process, as a long synchronous call does',
  example: ['block api-2 --ms 1000', 'all its requests wait for one second'],
  settings: {
    ms: {
      type: 'integer',
      minimum: 1,
      maximum: 60_000,
      default: 1000,
      environment: false,
      description: 'How long it is blocked; nothing but kill ends it earlier',
    },
  },
  faultOf: ({ ms }) => ({ kind: 'block', ms }),
  describe: () => 'event loop blocked',
  forMs: ({ ms }) => ms,
});
