/** The whole stack, started by its own commands. One file at a time: each wants the machine for itself. */
export default {
  // A guard against hanging, no measurement: machines are shared.
  testTimeout: 120_000,
  projects: ['<rootDir>/conformance', '<rootDir>/test'],
  globalTeardown: '<rootDir>/test/support/end-process.mjs',
  maxWorkers: 1,
};
