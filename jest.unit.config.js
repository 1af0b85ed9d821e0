import { availableParallelism } from 'node:os';

/** Unit and route tests of every package: one Postgres for all, a database of its own for each test file. */
export default {
  // A guard against hanging, no measurement: machines are shared.
  testTimeout: 120_000,
  projects: ['<rootDir>/apps/*', '<rootDir>/packages/*', '<rootDir>/bench', '<rootDir>/scripts'],
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  maxWorkers: Math.max(2, availableParallelism() - 1),
};
