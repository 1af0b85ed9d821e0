import { startTestPostgres, type TestPostgres } from '@tripod/embedded-postgres/start-test-postgres';
import { createTemplateDatabase } from './template-database.ts';

let postgres: TestPostgres | undefined;

/** Starts the Postgres of the unit run and says where it is in TEST_DATABASE_URL. Without one no test runs. */
export default async (): Promise<void> => {
  postgres = await startTestPostgres();
  await createTemplateDatabase(postgres.urlOf);
  process.env['TEST_DATABASE_URL'] = postgres.urlOf();
};

/** Stops it; for the teardown, which is another file of the same process. */
export const stopPostgres = async (): Promise<void> => {
  await postgres?.stop();
};
