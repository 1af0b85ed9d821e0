import { methodNotAllowed } from '@tripod/shared/http/not-found';
import type { Express } from 'express';
import type { MountedResource } from '../resource/define-resource.ts';
import { groupBy } from '../resource/group-by.ts';
import type { Operation } from '../resource/operation.ts';
import type { createPipeline } from './pipeline.ts';

/** The methods that a path takes, as in Allow: a GET is also a HEAD, and a preflight may always ask. */
const allowedMethods = (operations: readonly Operation[]): readonly string[] => [
  ...operations.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])),
  'OPTIONS',
];

const refuseRepetition = (names: readonly string[]): void => {
  const repeated = names.find((name, at) => names.indexOf(name) !== at);
  if (repeated !== undefined) throw new Error(`two operations are ${repeated}`);
};

/**
 * Mounts the operations of resources on an app, and below `basePath` once more. Call `addOperations` before any middleware is added, and
 * `refuseOtherMethods` behind the middleware, which answers preflights.
 */
export const createMount = (app: Express, resources: readonly MountedResource[], basePath?: string) => {
  const all = resources.flatMap(({ operations }) => operations);
  refuseRepetition(all.map(({ name }) => name));
  refuseRepetition(all.map(({ method, path }) => `${method} ${path}`));
  const byPath = groupBy(all, ({ path }) => path);
  /** The operation at the base path itself is served there only. */
  const placesOf = (path: string): readonly string[] =>
    basePath === undefined || path === basePath ? [path] : [path, `${basePath}${path}`];
  return {
    addOperations: (pipeline: ReturnType<typeof createPipeline>): void => {
      for (const { operations, formats } of resources) {
        for (const operation of operations) {
          const method = operation.method.toLowerCase() as Lowercase<Operation['method']>;
          const handle = pipeline(operation, formats);
          for (const place of placesOf(operation.path)) app.route(place)[method](handle);
        }
      }
    },
    refuseOtherMethods: (): void => {
      for (const [path, operations] of byPath) {
        const refuse = methodNotAllowed(allowedMethods(operations));
        for (const place of placesOf(path)) app.route(place).all(refuse);
      }
    },
  };
};
