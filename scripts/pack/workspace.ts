import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a package.json of the workspace says, as far as packing needs it. */
export type Manifest = {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
};

/** A package of the workspace and its folder, relative to the checkout. */
export type WorkspacePackage = { readonly folder: string; readonly manifest: Manifest };

const readManifest = (file: string): Manifest => JSON.parse(readFileSync(file, 'utf8')) as Manifest;

/** Returns the packages in `apps/` and `packages/` by their names. */
export const readWorkspace = (checkout: string): ReadonlyMap<string, WorkspacePackage> => {
  const folders = ['apps', 'packages'].flatMap((parent) =>
    readdirSync(join(checkout, parent)).map((name) => `${parent}/${name}`),
  );
  const found = folders
    .filter((folder) => existsSync(join(checkout, folder, 'package.json')))
    .map((folder) => ({ folder, manifest: readManifest(join(checkout, folder, 'package.json')) }));
  return new Map(found.map((one) => [one.manifest.name, one]));
};

const isOfWorkspace = ([, range]: readonly [string, string]): boolean => range.startsWith('workspace:');

/** Returns a package and the packages of the workspace that it needs, itself first. Throws for an unknown name. */
export const listNeeded = (
  workspace: ReadonlyMap<string, WorkspacePackage>,
  name: string,
): readonly WorkspacePackage[] => {
  const needed = new Map<string, WorkspacePackage>();
  const add = (one: string): void => {
    if (needed.has(one)) return;
    const found = workspace.get(one);
    if (!found) throw new Error(`${one} is no package of the workspace`);
    needed.set(one, found);
    for (const [dependency] of Object.entries(found.manifest.dependencies ?? {}).filter(isOfWorkspace))
      add(dependency);
  };
  add(name);
  return [...needed.values()];
};

/**
 * Returns what has to be installed beside these packages, with exact versions: those that are installed in the
 * repository, because the tests ran with them.
 */
export const findDependencies = (
  checkout: string,
  needed: readonly WorkspacePackage[],
): Readonly<Record<string, string>> => {
  const versions = needed.flatMap(({ folder, manifest }) =>
    Object.entries(manifest.dependencies ?? {})
      .filter((dependency) => !isOfWorkspace(dependency))
      .map(([name]) => {
        const file = join(checkout, folder, 'node_modules', name, 'package.json');
        return [name, readManifest(file).version] as const;
      }),
  );
  return Object.fromEntries([...new Map(versions)].sort(([a], [b]) => a.localeCompare(b)));
};
