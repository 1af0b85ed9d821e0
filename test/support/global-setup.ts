import { startTestPostgres, type TestPostgres } from '@tripod/embedded-postgres/start-test-postgres';
import { createTemplateDatabase } from './template-database.ts';

let postgres: TestPostgres | undefined;

/** Starts the Postgres of a unit run and puts its address into TEST_DATABASE_URL. Throws when it does not start. */
export default async (): Promise<void> => {
  postgres = await startTestPostgres();
  await createTemplateDatabase(postgres.urlOf);
  process.env['TEST_DATABASE_URL'] = postgres.urlOf();
};

/** Stops the Postgres. The teardown calls it from another file of the same process. */
export const stopPostgres = async (): Promise<void> => {
  await postgres?.stop();
};
