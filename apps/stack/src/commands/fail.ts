import { defineFault, forMsSetting } from '../command/fault-command.ts';

/** `stack fail NAME`: a share of the requests is answered with 500. */
export const fail = defineFault({
  name: 'fail',
  description: 'Answer a part of the requests of a copy with 500; its health checks still pass',
  example: ['fail api-2 --percent 10', 'a bad deployment that looks healthy'],
  settings: {
    percent: {
      type: 'integer',
      minimum: 1,
      maximum: 100,
      default: 10,
      environment: false,
      description: 'How many of 100 requests fail, at random',
    },
    forMs: forMsSetting,
  },
  faultOf: ({ percent }) => ({ kind: 'fail', percent }),
  describe: ({ percent }) => `fails ${percent} %`,
  forMs: ({ forMs }) => forMs,
});
