import { randomUUID } from 'node:crypto';
import { describeDatabaseError } from '@tripod/database/database-errors';
import { registerDatabaseMetrics } from '@tripod/database/database-metrics';
import { migrate } from '@tripod/database/migrate';
import { describeAddress } from '@tripod/database/parse-database-url';
import { findDatabase } from '@tripod/embedded-postgres/find-database';
import { StartError } from '@tripod/shared/errors/start-error';
import { createReadiness } from '@tripod/shared/http/readiness';
import { createMetrics } from '@tripod/shared/metrics/metrics';
import { createHeapGuard, createProcessHeap } from '@tripod/shared/process/heap-guard';
import { registerProcessMetrics } from '@tripod/shared/process/process-metrics';
import type { RunningService } from '@tripod/shared/process/run-cli';
import { createShutdownStack } from '@tripod/shared/process/shutdown-stack';
import { type ApiServerConfig, copyNameOf } from './config.ts';
import { answerOnce } from './idempotency/answer-once.ts';
import { type ApiServerContext, migrationOf, openDatabase } from './open-database.ts';
import { openState } from './open-state.ts';
import {
  createBindOperation,
  createFindTable,
  createResources,
  type ResourceDependencies,
} from './resource/define-resource.ts';
import { selectResources } from './resources.ts';
import { createApiServer } from './server.ts';
import { createWriteSteps } from './steps/create-write-steps.ts';
import { limitRows } from './steps/limit-rows.ts';

/** `api-server migrate`: runs the migrations that are due. Throws a StartError when the database can't be reached. */
export const migrateApiDatabase = async (
  config: ApiServerConfig,
  context: ApiServerContext,
): Promise<void> => {
  const undo = createShutdownStack();
  try {
    const address = await findDatabase(config, { ...context, undo });
    try {
      const applied = await migrate(migrationOf(address, config, context, 'api-server'));
      const what = applied.length === 0 ? 'was up to date already' : 'is up to date now';
      context.logger.info(`the ${describeAddress(address)} ${what}`);
    } catch (error) {
      if (error instanceof StartError) throw error;
      const reason = describeDatabaseError(error);
      throw new StartError(`The ${describeAddress(address)} could not be migrated: ${reason}.`, error);
    }
  } finally {
    await undo.unwind();
  }
};

/**
 * Starts one copy. It listens before it connects to the database; while that is unavailable the copy is not ready, and
 * it recovers by itself. Throws a StartError for what only an operator can correct, a ListenError for a port that can't
 * be used, and a ConfigError for a malformed DATABASE_URL or STATE_URL. Nothing is left open then.
 */
export const startApiServer = async (
  config: ApiServerConfig,
  context: ApiServerContext,
): Promise<RunningService> => {
  const { logger, clock } = context;
  const undo = createShutdownStack();
  let drainDelayMs = 0;
  try {
    const address = await findDatabase(config, { ...context, undo });
    const database = openDatabase(address, config, context);
    undo.push('the database', database.close);
    const { stateUrl, rowLimit } = config;
    const stateOptions = { stateUrl, database, address, applicationName: copyNameOf(config), logger, clock };
    const state = openState(stateOptions);
    undo.push('the state store', state.close);
    const readiness = createReadiness();
    readiness.require('database', database.reason);
    readiness.note('writes', database.writeRefusal);
    const heapGuard = createHeapGuard(clock, createProcessHeap());
    readiness.require('memory', () => (heapGuard.isFull() ? 'the heap is nearly full' : undefined));
    // The resources that need Redis answer 503 by themselves, and the others go on.
    if (stateUrl !== undefined) readiness.note('state', state.reason);
    const metrics = config.metrics ? createMetrics() : undefined;
    if (metrics) {
      registerProcessMetrics(metrics);
      registerDatabaseMetrics(metrics, database);
    }
    let name = copyNameOf(config);
    const servedBy = (): string | undefined => (config.servedBy ? name : undefined);
    const definitions = selectResources(config.resources);
    const dependencies: ResourceDependencies = {
      database,
      state,
      servedBy,
      clock,
      random: Math.random,
      createUuid: randomUUID,
      logger,
      readiness,
    };
    const mounted = createResources(definitions, dependencies);
    const bindOperation = createBindOperation(definitions, mounted, (bound) => ({
      ...dependencies,
      database: bound,
      // A Redis takes no part in the transaction.
      state: stateUrl === undefined ? openState({ ...stateOptions, database: bound }) : state,
    }));
    for (const { name: resource, close } of mounted) {
      if (close) undo.push(`the resource ${resource}`, close);
    }
    const server = createApiServer(
      { corsOrigins: config.corsOrigins, servedBy, basePath: config.basePath },
      {
        resources: mounted,
        steps: [
          answerOnce({ database, bindOperation, random: Math.random }),
          ...(rowLimit === undefined
            ? []
            : [limitRows({ database, rowLimit, tableOf: createFindTable(mounted), clock })]),
          ...createWriteSteps(config, clock),
        ],
        readiness,
        metrics,
        profile: config.profile,
        heapGuard,
        logger,
        clock,
      },
    );
    const { url, port } = await server.listen(config);
    name = copyNameOf({ name: config.name, port });
    undo.push('the server', () => server.stop({ drainDelayMs }));
    logger.info('listening', { url, copy: name });
    await Promise.all([database.start(), state.start()]);
    return {
      url,
      faultTarget: server,
      stop: (options) => {
        drainDelayMs = options.drainDelayMs;
        return undo.unwind();
      },
    };
  } catch (error) {
    await undo.unwind();
    throw error;
  }
};
