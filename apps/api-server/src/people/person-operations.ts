import { databaseErrors } from '@tripod/database/error-table';
import { AppError } from '@tripod/shared/errors/app-error';
import type { Operation } from '../resource/operation.ts';
import { type Person, personBody, storedPersonSchema } from './person.ts';
import { personErrors } from './person-errors.ts';
import type { PersonStore } from './person-store.ts';

const uuid = { type: 'string', format: 'uuid' } as const;
const person = { description: 'The person', schema: storedPersonSchema };

/** The paths of the contest "Rinha de Backend 2023 Q3", whose clients expect these names in Portuguese. */
export const createPersonOperations = (
  people: PersonStore,
  createUuid: () => string,
): readonly Operation[] => {
  const addPerson: Operation<unknown, Person> = {
    name: 'addPerson',
    method: 'POST',
    path: '/pessoas',
    summary: 'Adds a person',
    description: 'Answered once the person is committed: a GET of the Location on any copy finds it.',
    body: personBody,
    responses: {
      201: {
        ...person,
        headers: { Location: { description: 'Absolute path of the person', required: true } },
      },
    },
    errors: [
      personErrors.API_PERSON_MALFORMED,
      personErrors.API_PERSON_INVALID,
      personErrors.API_PERSON_TAKEN,
      databaseErrors.API_DATABASE_UNAVAILABLE,
      databaseErrors.API_DURABILITY_OFF,
      databaseErrors.API_WRITE_UNCERTAIN,
    ],
    async handle({ body: { apelido, nome, nascimento, stack = null } }) {
      const added = { id: createUuid(), apelido, nome, nascimento, stack };
      if ((await people.insert(added)) === 'taken') {
        throw new AppError(personErrors.API_PERSON_TAKEN, {
          errors: [{ pointer: '#/apelido', detail: 'belongs to another person' }],
        });
      }
      return { status: 201, headers: { Location: `/pessoas/${added.id}` }, json: added };
    },
  };

  const readPerson: Operation = {
    name: 'readPerson',
    method: 'GET',
    path: '/pessoas/:id',
    summary: 'One person',
    params: {
      id: { description: 'UUID of the person', schema: uuid, error: personErrors.API_PERSON_NOT_FOUND },
    },
    responses: { 200: person },
    errors: [personErrors.API_PERSON_NOT_FOUND, databaseErrors.API_DATABASE_UNAVAILABLE],
    async handle({ params }) {
      const found = await people.find(params['id'] ?? '');
      if (found === undefined) throw new AppError(personErrors.API_PERSON_NOT_FOUND);
      return { json: found };
    },
  };

  const searchPeople: Operation<{ readonly t: string }> = {
    name: 'searchPeople',
    method: 'GET',
    path: '/pessoas',
    summary: 'At most 50 people whose nickname, name or technologies contain a term',
    query: {
      t: {
        description: 'The term. Upper and lower case are alike; accents count',
        schema: { type: 'string', minLength: 1 },
        required: true,
        error: personErrors.API_TERM_MISSING,
      },
    },
    responses: {
      200: { description: 'The people found', schema: { type: 'array', items: storedPersonSchema } },
    },
    errors: [databaseErrors.API_DATABASE_UNAVAILABLE],
    async handle({ query }) {
      return { json: await people.search(query.t) };
    },
  };

  const countPeople: Operation = {
    name: 'countPeople',
    method: 'GET',
    path: '/contagem-pessoas',
    summary: 'How many people there are',
    cache: 'no-store',
    responses: {
      200: {
        description: 'The exact number',
        contentType: 'text/plain; charset=utf-8',
        schema: { type: 'string', pattern: '^\\d+$' },
      },
    },
    errors: [databaseErrors.API_DATABASE_UNAVAILABLE],
    async handle() {
      return { text: String(await people.count()) };
    },
  };

  return [addPerson, readPerson, searchPeople, countPeople];
};
