import { defineErrors } from '@tripod/shared/errors/define-errors';

/** Errors of the people resource. The contest distinguishes a wrong JSON type (400) from a wrong value (422). */
export const personErrors = defineErrors({
  API_PERSON_MALFORMED: {
    status: 400,
    title: 'The person has a field of the wrong type',
    meaning: 'A field has the wrong JSON type, such as a number as `nome`; `errors` names each of them.',
  },
  API_PERSON_INVALID: {
    status: 422,
    title: 'The person is not valid',
    meaning: 'Fields are missing, null, too long or not a real date; `errors` names each of them.',
  },
  API_PERSON_TAKEN: {
    status: 422,
    title: 'The nickname is taken',
    meaning: 'Another person has this `apelido`: choose another one.',
  },
  API_PERSON_NOT_FOUND: {
    status: 404,
    title: 'There is no such person',
    meaning: 'No person has this id, or it is not a UUID.',
  },
  API_TERM_MISSING: {
    status: 400,
    title: 'The search term is missing',
    meaning: '`t` must be given once, with at least one character.',
  },
});
