import { readdir } from 'node:fs/promises';
import type { Knex } from 'knex';

/** The exports of a migration file. It runs in one transaction with all other due migrations. */
export type Migration = {
  readonly up: (knex: Knex) => Promise<void>;
  /** knex allows `transaction: false`; our runner refuses it. */
  readonly config?: { readonly transaction?: boolean };
};

export type MigrationSource = Knex.MigrationSource<string>;

/** JavaScript in a packed copy, TypeScript in the repository. */
const fileName = /^\d{4}-[a-z0-9-]+\.[jt]s$/;

const refuseDown = (): Promise<void> =>
  Promise.reject(new Error('migrations of Tripod only go forward: write a new one that reverts the old one'));

/** Creates the list of migrations from the files `0001-name.ts` (or `.js`) of a folder, in the order of their numbers. */
export const createMigrationDirectory = (folder: URL): MigrationSource => ({
  getMigrations: async () => (await readdir(folder)).filter((name) => fileName.test(name)).sort(),
  getMigrationName: (name) => name.replace(/\.[jt]s$/, ''),
  getMigration: async (name) => {
    const module = (await import(new URL(name, folder).href)) as Migration;
    return { ...module, down: refuseDown };
  },
});
