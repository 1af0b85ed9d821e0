import type { Settings } from '@tripod/shared/config/settings';

/** Settings that every service with a database has, with the same names, defaults and meaning. */
export const databaseSettings = {
  databaseUrl: {
    type: 'string',
    minLength: 1,
    secret: true,
    shape: 'postgres://user:password@host:5432/database',
    description: "Address of Postgres; without it the project's own Postgres is used, and started if needed",
  },
  embeddedDatabase: {
    type: 'boolean',
    default: true,
    description: "Refuse to use the project's own Postgres when DATABASE_URL is not set",
  },
  stateDir: {
    type: 'string',
    minLength: 1,
    path: true,
    placeholder: 'folder',
    shape: 'a folder',
    description: "Where the project's own Postgres keeps its data; default .tripod in the checkout",
  },
  poolSize: {
    type: 'integer',
    minimum: 1,
    maximum: 100,
    default: 10,
    placeholder: 'connections',
    description: 'Maximum number of connections to Postgres',
  },
  preparedStatements: {
    type: 'string',
    enum: ['auto', 'off'],
    default: 'auto',
    placeholder: 'use',
    description: 'Prepared statements; auto stops using them when they get lost, as behind some poolers',
  },
  allowUnsafeDurability: {
    type: 'boolean',
    default: false,
    description: 'Write even to a Postgres that may lose committed data, such as one with fsync off',
  },
} as const satisfies Settings;
