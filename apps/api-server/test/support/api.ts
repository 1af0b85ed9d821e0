import { randomUUID } from 'node:crypto';
import { createDatabase, type Database } from '@tripod/database/database';
import { registerDatabaseMetrics } from '@tripod/database/database-metrics';
import { parseDatabaseUrl } from '@tripod/database/parse-database-url';
import { type Clock, systemClock } from '@tripod/shared/async/clock';
import { createReadiness, type Readiness } from '@tripod/shared/http/readiness';
import { type Logger, silentLogger } from '@tripod/shared/logging/logger';
import { createMetrics } from '@tripod/shared/metrics/metrics';
import type { StateStore } from '@tripod/state/store/state-store';
import { askDatabase } from '@tripod/testing/ask-database';
import { createTempDatabase } from '@tripod/testing/temp-database';
import { waitFor } from '@tripod/testing/wait-for';
import { openState } from '../../src/open-state.ts';
import { createResources, type ResourceDefinition } from '../../src/resource/define-resource.ts';
import type { OperationStep } from '../../src/resource/operation.ts';
import { resources as allResources } from '../../src/resources.ts';
import { createApiServer } from '../../src/server.ts';
import { migrateDatabase } from './migrated-database.ts';

export type Api = {
  readonly database: Database;
  readonly databaseUrl: string;
  readonly readiness: Readiness;
  readonly port: number;
  readonly url: string;
  /** Removes all images. */
  empty(): Promise<void>;
  stop(): Promise<void>;
};

export type ApiOptions = {
  readonly corsOrigins?: readonly string[];
  readonly servedBy?: string | undefined;
  readonly basePath?: string;
  readonly logger?: Logger;
  /** The clock of the database. Default: the system clock. */
  readonly clock?: Clock;
  /** Default true. */
  readonly allowUnsafeDurability?: boolean;
  /** Default false. */
  readonly profile?: boolean;
  /** Default: all. Those that the template database has no tables for are migrated. */
  readonly resources?: readonly ResourceDefinition[];
  readonly steps?: readonly OperationStep[];
  /** Replaces functions of the database for the resources. */
  readonly databaseFaults?: Partial<Database>;
  /** A Redis for the state. Default: the database. */
  readonly stateUrl?: string;
  /** Replaces parts of the state store for the resources. */
  readonly stateFaults?: Partial<StateStore>;
  /** Another copy whose database this one shares. */
  readonly besides?: Pick<Api, 'databaseUrl'>;
  /** Does not wait for the database. Default false: the copy is ready. */
  readonly startsAway?: boolean;
  /** The user of the database. Default: its owner. */
  readonly login?: { readonly user: string; readonly password: string };
  /** Given the port of the database, returns that of a forwarder to it. */
  readonly through?: (port: number) => Promise<number>;
};

export const serverUrl = (): string => {
  const url = process.env['TEST_DATABASE_URL'];
  if (url === undefined)
    throw new Error('TEST_DATABASE_URL is missing: run the tests with jest.unit.config.js');
  return url;
};

/** Starts one copy on a database of its own and a free port. */
export const startApi = async (options: ApiOptions = {}): Promise<Api> => {
  const { corsOrigins = ['*'], logger = silentLogger, through, allowUnsafeDurability = true } = options;
  const temp = options.besides
    ? { url: options.besides.databaseUrl, drop: () => Promise.resolve() }
    : await createTempDatabase({ serverUrl: serverUrl(), template: 'template_tripod' });
  const address = new URL(temp.url);
  if (options.login) {
    address.username = options.login.user;
    address.password = options.login.password;
  }
  if (through) address.port = String(await through(Number(address.port)));
  const database = createDatabase({
    address: parseDatabaseUrl(address.href),
    applicationName: 'api-test',
    poolSize: 4,
    logger,
    clock: options.clock ?? systemClock,
    random: Math.random,
    // The Postgres of the tests runs with fsync off.
    allowUnsafeDurability,
    prepare: async () => {
      if (options.resources) await migrateDatabase(temp.url, options.resources);
    },
  });
  const metrics = createMetrics();
  registerDatabaseMetrics(metrics, database);
  const readiness = createReadiness();
  readiness.require('database', database.reason);
  readiness.note('writes', database.writeRefusal);
  const faultyDatabase = { ...database, ...options.databaseFaults };
  const state = openState({
    stateUrl: options.stateUrl,
    database: faultyDatabase,
    address: parseDatabaseUrl(address.href),
    applicationName: 'api-test',
    logger,
    clock: systemClock,
  });
  if (options.stateUrl !== undefined) readiness.note('state', state.reason);
  const servedBy = 'servedBy' in options ? options.servedBy : 'api-1';
  const resources = createResources(options.resources ?? allResources, {
    database: faultyDatabase,
    state: { ...state, ...options.stateFaults },
    servedBy: () => servedBy,
    clock: systemClock,
    random: Math.random,
    createUuid: randomUUID,
    logger,
    readiness,
  });
  const server = createApiServer(
    { corsOrigins, servedBy: () => servedBy, basePath: options.basePath },
    {
      resources,
      steps: options.steps ?? [],
      readiness,
      metrics,
      profile: options.profile ?? false,
      logger,
      clock: systemClock,
    },
  );
  const { port, url } = await server.listen({ host: '127.0.0.1', port: 0 });
  await database.start();
  await state.start();
  // On a busy machine the first attempt may time out.
  if (!options.startsAway) await waitFor('the database', () => database.reason() === undefined);
  return {
    database,
    databaseUrl: temp.url,
    readiness,
    port,
    url,
    // On a connection without the time limits of the service.
    empty: async () => void (await askDatabase(temp.url, 'delete from images')),
    stop: async () => {
      await server.stop({ drainDelayMs: 0 });
      for (const { close } of resources) await close?.();
      await state.close();
      await database.close();
      await temp.drop();
    },
  };
};

export const cat = { title: 'Cat', alt_text: 'A cool cat', url: 'https://cats.example/cool.jpg' };
