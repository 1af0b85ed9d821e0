import { readdir } from 'node:fs/promises';
import type { Knex } from 'knex';

/** What a migration file exports. It runs inside a transaction, together with the others that are due. */
export type Migration = {
  readonly up: (knex: Knex) => Promise<void>;
  /** knex knows `transaction: false`; the runner refuses it. */
  readonly config?: { readonly transaction?: boolean };
};

export type MigrationSource = Knex.MigrationSource<string>;

const fileName = /^\d{4}-[a-z0-9-]+\.ts$/;

const refuseDown = (): Promise<void> =>
  Promise.reject(new Error('migrations of Tripod only go forward: write a new one that undoes the old one'));

/** The files `0001-name.ts` of a folder, in order of their numbers: the folder is the list. */
export const createMigrationDirectory = (folder: URL): MigrationSource => ({
  getMigrations: async () => (await readdir(folder)).filter((name) => fileName.test(name)).sort(),
  getMigrationName: (name) => name.replace(/\.ts$/, ''),
  getMigration: async (name) => {
    const module = (await import(new URL(name, folder).href)) as Migration;
    return { ...module, down: refuseDown };
  },
});
