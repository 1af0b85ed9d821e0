import { randomUUID } from 'node:crypto';
import type { Database } from '@tripod/database/database';
import { describeAddress } from '@tripod/database/parse-database-url';
import { findDatabase } from '@tripod/embedded-postgres/find-database';
import { AppError } from '@tripod/shared/errors/app-error';
import { StartError } from '@tripod/shared/errors/start-error';
import { createReadiness } from '@tripod/shared/http/readiness';
import { createShutdownStack, type ShutdownStack } from '@tripod/shared/process/shutdown-stack';
import type { ApiServerConfig } from './config.ts';
import { firstRowsOf, insertFirstRows } from './demo/insert-first-rows.ts';
import { parseSeedOrders, type SeedOrder, seedResource } from './demo/seed-resource.ts';
import { type ApiServerContext, openDatabase } from './open-database.ts';
import { openState } from './open-state.ts';
import { createResources, type MountedResource } from './resource/define-resource.ts';
import { selectResources } from './resources.ts';

type Opened = { readonly database: Database; readonly mounted: readonly MountedResource[] };

const open = async (
  config: ApiServerConfig,
  context: ApiServerContext,
  undo: ShutdownStack,
): Promise<Opened> => {
  const { logger, clock } = context;
  const applicationName = 'api-server seed';
  const address = await findDatabase(config, { ...context, undo });
  const database = openDatabase(address, config, context);
  undo.push('the database', database.close);
  const { stateUrl } = config;
  const state = openState({ stateUrl, database, address, applicationName, logger, clock });
  undo.push('the state store', state.close);
  const mounted = createResources(selectResources(config.resources), {
    ...{ database, state, clock, random: Math.random, createUuid: randomUUID, logger },
    servedBy: () => undefined,
    readiness: createReadiness(),
  });
  for (const { name, close } of mounted) {
    if (close) undo.push(`the resource ${name}`, close);
  }
  await Promise.all([database.start(), state.start()]);
  const reason = database.reason();
  if (reason !== undefined) {
    throw new StartError(`The ${describeAddress(address)} can't be used: ${reason}.`);
  }
  return { database, mounted };
};

const fill = async (
  { mounted }: Opened,
  orders: readonly SeedOrder[],
  { logger }: ApiServerContext,
): Promise<void> => {
  for (const { resource, rows } of orders) {
    const found = mounted.find(({ name }) => name === resource);
    if (found) await seedResource(found, rows, Math.random);
    logger.info(`added ${rows} rows to ${resource}`);
  }
};

/**
 * `api-server seed posts=10000 books=50`: adds so many demo rows to each resource. Without operands it inserts the first
 * rows, such as the pictures of the gallery, into tables that are empty. Throws a ConfigError for an operand that is wrong,
 * and a StartError when rows can't be added; rows that were added before stay.
 */
export const seedApiDatabase = async (config: ApiServerConfig, context: ApiServerContext): Promise<void> => {
  const definitions = selectResources(config.resources);
  const orders = parseSeedOrders(context.operands, definitions);
  const undo = createShutdownStack();
  try {
    const opened = await open(config, context, undo);
    if (orders.length > 0) {
      await fill(opened, orders, context);
      return;
    }
    const filled = await insertFirstRows(opened.database.knex, firstRowsOf(definitions));
    context.logger.info(
      filled.length === 0
        ? 'no table is empty: nothing was added'
        : `added the first rows of ${filled.join(', ')}`,
    );
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new StartError(`Not all rows could be added: ${error.detail ?? error.title}`, error);
  } finally {
    await undo.unwind();
  }
};
