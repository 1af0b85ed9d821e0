import { createMigrationDirectory, type MigrationSource } from '@tripod/database/migration-directory';
import type { ResourceDefinition } from './define-resource.ts';

/**
 * The migrations of resources, in the order of the resources and then of their numbers. A database records each as
 * `RESOURCE/0001-name`. A resource must keep its name and its files once they have been released.
 */
export const createResourceMigrations = (resources: readonly ResourceDefinition[]): MigrationSource => {
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
