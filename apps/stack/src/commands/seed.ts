import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { toStartError } from '@tripod/shared/errors/start-error';
import type { CommandClient, CommandDefinition } from '../command/command-definition.ts';
import { findLabDatabase } from '../labs/lab-state.ts';
import { binOf } from '../services/app-command.ts';

/** Joins the embedded Postgres while `use` runs with the address of the database of a lab. */
const withLabDatabase = async (
  { folder, userId, host, print }: CommandClient,
  lab: string | undefined,
  use: (databaseUrl: string) => Promise<void>,
): Promise<void> => {
  const { joinEmbeddedPostgres } = await import('@tripod/embedded-postgres/join-embedded-postgres');
  const { createMissingDatabase } = await import('@tripod/embedded-postgres/create-missing-database');
  const { checkout } = host.dependencies;
  const { stateDir, database } = findLabDatabase(checkout, {
    ...{ stateDir: folder.stateDir, userId },
    ...(lab === undefined ? {} : { lab }),
  });
  const joined = await joinEmbeddedPostgres({ stateDir, onProgress: print });
  try {
    await use(await createMissingDatabase(joined.databaseUrl, database));
  } catch (error) {
    throw toStartError(error);
  } finally {
    await joined.leaveAndWait();
  }
};

/** Adds the rows with the stores of the API server, which prints what it adds and what is wrong. */
const seedDatabase = async (
  { host }: CommandClient,
  operands: readonly string[],
  databaseUrl: string,
): Promise<void> => {
  const { checkout, execPath, environment } = host.dependencies;
  const child = spawn(execPath, [binOf(checkout, 'api-server'), 'seed', ...operands], {
    env: { ...environment, DATABASE_URL: databaseUrl },
    stdio: 'inherit',
  });
  const [code] = (await once(child, 'exit')) as [number | null, string | null];
  if (code !== 0) host.setExitCode(code ?? 1);
};

/** `stack seed posts=10000`: adds demonstration rows to the database of a lab, or of DATABASE_URL. */
export const seed: CommandDefinition = {
  name: 'seed',
  argument: '[rows...]',
  description: () =>
    'Add demonstration rows to the database of a lab; without operands, the first rows of empty tables',
  example: ['seed posts=10000 --lab posts', 'add 10,000 posts to the database of a lab'],
  run: async (client, { argument, config }) => {
    const operands = argument === '' ? [] : argument.split(' ');
    const { lab } = config;
    if (client.databaseUrl !== undefined) return seedDatabase(client, operands, client.databaseUrl);
    const name = lab === undefined ? undefined : String(lab);
    return withLabDatabase(client, name, (url) => seedDatabase(client, operands, url));
  },
};
