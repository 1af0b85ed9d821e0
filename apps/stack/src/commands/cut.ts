import { defineFault, forMsSetting } from '../command/fault-command.ts';

/** `stack cut NAME`: the connections of the process go silent, as behind a broken network. */
export const cut = defineFault({
  name: 'cut',
  description: 'Silence the connections of a copy: they stay open, and no answer leaves until it is healed',
  example: ['cut api-2 --for-ms 5000', 'a broken network: open connections without an answer'],
  settings: { forMs: forMsSetting },
  faultOf: () => ({ kind: 'cut' }),
  describe: () => 'cut off',
  forMs: ({ forMs }) => forMs,
});
