import type { Database } from '@tripod/database/database';
import type { ResourceMigrations } from '@tripod/database/resource-migrations';
import type { Clock } from '@tripod/shared/async/clock';
import type { ErrorTable } from '@tripod/shared/errors/define-errors';
import type { Readiness } from '@tripod/shared/http/readiness';
import type { Logger } from '@tripod/shared/logging/logger';
import type { StateStore } from '@tripod/state/store/state-store';
import type { Formats } from './formats.ts';
import type { JsonSchema } from './json-schema.ts';
import type { Operation, OperationStep } from './operation.ts';

/** What a resource may use. */
export type ResourceDependencies = {
  readonly database: Database;
  /** Counters, keys and jobs that all copies share: in the same Postgres, or in Redis with `--state-url`. */
  readonly state: StateStore;
  /** The name of this copy; undefined when it is not told. */
  readonly servedBy: () => string | undefined;
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly createUuid: () => string;
  readonly logger: Logger;
  /** For a note in /readyz, such as that a store is unavailable. */
  readonly readiness: Readiness;
};

/** A created resource: its operations, and how to release what they use. */
export type Resource = {
  readonly operations: readonly Operation[];
  /** Releases what `create` opened. */
  close?(): Promise<void>;
};

/** Rows that a new table begins with where demo rows are wanted. */
export type FirstRows = {
  /** The migration that creates the table, by the name that databases record. */
  readonly migration: string;
  readonly table: string;
  readonly rows: readonly object[];
};

/** One resource of the API: a folder of src/ with one definition, listed in resources.ts. */
export type ResourceDefinition = {
  /** As in `--resources`. */
  readonly name: string;
  /** One sentence for the docs. */
  readonly summary: string;
  readonly errors: ErrorTable;
  /** Schemas that OpenAPI lists by name. Operations use the same objects; each use becomes a reference. */
  readonly schemas?: Readonly<Record<string, JsonSchema>>;
  /** Text formats that its schemas use beside the common ones. */
  readonly formats?: Formats;
  readonly migrations?: ResourceMigrations;
  /** The table that its POSTs add rows to, for `--row-limit`. */
  readonly table?: string;
  /** The body with this number, from 0, that `api-server seed` gives to its POST. `random` is from 0 up to 1. */
  readonly demo?: (number: number, random: () => number) => unknown;
  /** Migrations insert no rows: a database of the user gets these only when they are asked for. */
  readonly firstRows?: FirstRows;
  /** Makes its operations. It must not connect to anything yet. */
  create(dependencies: ResourceDependencies): Resource;
};

/** A resource that a copy serves. */
export type MountedResource = Pick<
  ResourceDefinition,
  'name' | 'summary' | 'schemas' | 'formats' | 'table' | 'demo'
> &
  Resource;

/** The table that an operation of these resources adds rows to; undefined when it adds none. */
export const createFindTable = (mounted: readonly MountedResource[]) => {
  const adding = mounted.flatMap(({ table, operations }) =>
    operations.filter(({ method }) => method === 'POST').map(({ name }) => [name, table] as const),
  );
  const tables = new Map(adding);
  return (operationName: string): string | undefined => tables.get(operationName);
};

/** Creates resources, in the order of their definitions. */
export const createResources = (
  definitions: readonly ResourceDefinition[],
  dependencies: ResourceDependencies,
): readonly MountedResource[] =>
  definitions.map((definition) => ({ ...definition, ...definition.create(dependencies) }));

/**
 * Creates a function that makes an operation of mounted resources once more, over another database: the resource is
 * created anew, which connects to nothing.
 */
export const createBindOperation = (
  definitions: readonly ResourceDefinition[],
  mounted: readonly MountedResource[],
  dependenciesOver: (database: Database) => ResourceDependencies,
) => {
  const owners = new Map(
    mounted.flatMap(({ name, operations }) => operations.map((operation) => [operation.name, name] as const)),
  );
  return (name: string, database: Database): Operation => {
    const owner = definitions.find((definition) => definition.name === owners.get(name));
    const operation = owner
      ?.create(dependenciesOver(database))
      .operations.find((candidate) => candidate.name === name);
    if (operation === undefined) throw new Error(`there is no operation ${name}`);
    return operation;
  };
};

/** Applies shared rules to every operation, in their order: the last one is the outermost around a handler. */
export const applySteps = (
  resources: readonly MountedResource[],
  steps: readonly OperationStep[],
): readonly MountedResource[] =>
  resources.map((resource) => ({
    ...resource,
    operations: resource.operations.map((operation) => steps.reduce((one, step) => step(one), operation)),
  }));
