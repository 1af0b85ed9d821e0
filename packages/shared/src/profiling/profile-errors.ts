import { defineErrors } from '../errors/define-errors.ts';

/** Errors of the profile endpoints. */
export const profileErrors = defineErrors({
  PROFILE_SECONDS_INVALID: {
    status: 400,
    title: 'The duration of the profile is not valid',
    meaning: '`seconds` must be given at most once, as a whole number from 1 to 60.',
  },
  PROFILE_RUNNING: {
    status: 409,
    title: 'Another profile is being taken',
    meaning: 'A process takes one profile at a time: wait for the other one, or end its client.',
  },
  PROFILE_LOCAL_ONLY: {
    status: 403,
    title: 'Profiles are for clients on this machine',
    meaning: 'A profile shows source paths, so only clients on a loopback address may take one.',
  },
});
