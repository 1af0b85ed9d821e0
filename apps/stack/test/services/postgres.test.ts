import { expect, it } from '@jest/globals';
import type { Reading } from '@tripod/stack-client/reading';
import { watchStack } from '@tripod/stack-client/watch-stack';
import { waitFor } from '@tripod/testing/wait-for';
import { prepareFixtureStack } from '../support/fixture-stack.ts';
import { useStacks } from '../support/run-fixture-stack.ts';
import { useTempFolders } from '../support/temp-folder.ts';

const startFixture = useStacks();
const makeFolder = useTempFolders();

it('the embedded Postgres is killed by stack kill, its guard starts it again, and its figures are in the readings', async () => {
  const { config, ...fixture } = await prepareFixtureStack(makeFolder());
  const { databaseUrl: _none, ...own } = config;
  const { ask, report, progress, socketPath } = await startFixture({
    ...fixture,
    config: { ...own, services: ['postgres'] },
  });
  const find = async () => (await report()).processes[0];
  const readings: Reading[] = [];
  const watching = new AbortController();
  const watched = watchStack({
    ...{ socketPath, startCommand: '', intervalMs: 200, signal: watching.signal },
    onReading: (reading) => void readings.push(reading),
  });
  const nextDatabase = () => {
    const from = readings.length;
    return waitFor('the figures of the database', () =>
      readings
        .slice(from)
        .flatMap((one) => (one.type === 'sample' ? (one.database ?? []) : []))
        .at(-1),
    );
  };
  expect(await nextDatabase()).toMatchObject({
    connections: expect.any(Number),
    maxConnections: 200,
    waiting: 0,
  });
  const before = await find();
  await ask({ command: 'kill', name: 'postgres' });
  const after = await find();
  expect(after).toMatchObject({ state: 'ready', restarts: 1, port: before?.port });
  expect(after?.pid).not.toBe(before?.pid);
  // The connection of the readings was lost with the process, and is opened again.
  expect(await nextDatabase()).toMatchObject({ maxConnections: 200 });
  watching.abort();
  await watched;
  expect(readings).toContainEqual(expect.objectContaining({ kind: 'killed', service: 'postgres' }));
  expect(progress).toEqual([
    `postgres: process ${before?.pid} killed; its guard starts it again`,
    expect.stringMatching(`^postgres: ready again after \\d+ ms, as process ${after?.pid}$`),
  ]);
});
