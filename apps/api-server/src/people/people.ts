import type { ResourceDefinition } from '../resource/define-resource.ts';
import { createDemoPerson } from './demo-person.ts';
import { personFormats, personSchema, storedPersonSchema } from './person.ts';
import { personErrors } from './person-errors.ts';
import { createPersonOperations } from './person-operations.ts';
import { createPersonStore } from './person-store.ts';

/** The people of the people lab, by the contract of the contest. */
export const people: ResourceDefinition = {
  name: 'people',
  summary: 'People with nicknames, by the contract of the Rinha de Backend 2023 Q3.',
  errors: personErrors,
  schemas: { Person: personSchema, StoredPerson: storedPersonSchema },
  formats: personFormats,
  migrations: { folder: new URL('migrations/', import.meta.url) },
  table: 'people',
  demo: createDemoPerson,
  create: ({ database, createUuid, logger }) => ({
    operations: createPersonOperations(createPersonStore(database, logger), createUuid),
  }),
};
