/**
 * The folders of the migrations that each resource needs in Postgres. A database records them as `visits/0001-visits`
 * and so on; files that have been released keep their names.
 */
export const stateMigrations = {
  visits: new URL('migrations/visits/', import.meta.url),
  keys: new URL('migrations/keys/', import.meta.url),
  jobs: new URL('migrations/jobs/', import.meta.url),
} as const;
