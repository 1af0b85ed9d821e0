import { defineErrors } from '@tripod/shared/errors/define-errors';

/** Errors of the control room. */
export const roomErrors = defineErrors({
  ROOM_ADDRESS_REFUSED: {
    status: 403,
    title: 'The control room serves its own page only',
    meaning:
      'The Host is not this machine, or the request comes from a web page of another origin (Origin, Sec-Fetch-Site).',
  },
  ROOM_ACTION_INVALID: {
    status: 400,
    title: 'The action is not valid',
    meaning: '`detail` says what is wrong. The body must be JSON of at most 16 KiB.',
  },
  ROOM_ACTION_REFUSED: {
    status: 409,
    title: 'The action was refused',
    meaning: '`detail` has the sentence of the stack, of the load balancer or of the load generator.',
  },
  ROOM_TYPE_UNSUPPORTED: {
    status: 415,
    title: 'The body must be JSON',
    meaning: 'Send the body with `Content-Type: application/json`.',
  },
  ROOM_FULL: {
    status: 503,
    title: 'Too many pages are open',
    meaning: 'The control room serves 20 pages at once. Close one.',
  },
  ROOM_PROFILE_INVALID: {
    status: 400,
    title: 'This profile cannot be taken',
    meaning: 'Name a running process of the stack, and 1 to 60 whole seconds.',
  },
  ROOM_NO_REPORT: {
    status: 404,
    title: 'There is none yet',
    meaning: 'A report is there when a load has ended or was stopped; a profile, when it was recorded.',
  },
});
