import { createMigrationDirectory, type MigrationSource } from './migration-directory.ts';

export type ResourceMigrations = {
  /** Its files `0001-name.ts` run in order of their numbers. */
  readonly folder: URL;
  /** Names recorded in databases without the prefix `RESOURCE/`, because they are older than the prefix. */
  readonly unprefixed?: readonly string[];
};

/** A part of a service that has tables of its own. */
export type MigratedResource = { readonly name: string; readonly migrations?: ResourceMigrations };

/**
 * The migrations of resources, in the order of the resources and then of their numbers. A database records each as
 * `RESOURCE/0001-name`. A resource must keep its name and its files once they have been released.
 */
export const createResourceMigrations = (resources: readonly MigratedResource[]): MigrationSource => {
  const sources = new Map(
    resources.flatMap(({ name, migrations }) =>
      migrations === undefined
        ? []
        : [[name, { ...migrations, files: createMigrationDirectory(migrations.folder) }] as const],
    ),
  );
  const find = (id: string) => {
    const [resource = '', file = ''] = id.split('/');
    const source = sources.get(resource);
    if (source === undefined) throw new Error(`there is no resource ${resource} with migrations`);
    return { file, ...source };
  };
  return {
    getMigrations: async (extensions) => {
      const ids: string[] = [];
      for (const [name, { files }] of sources) {
        ids.push(...(await files.getMigrations(extensions)).map((file) => `${name}/${file}`));
      }
      return ids;
    },
    getMigrationName: (id) => {
      const { file, files, unprefixed = [] } = find(id);
      const name = files.getMigrationName(file);
      return unprefixed.includes(name) ? name : id.replace(file, name);
    },
    getMigration: (id) => {
      const { file, files } = find(id);
      return files.getMigration(file);
    },
  };
};
