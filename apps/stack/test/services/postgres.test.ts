import { expect, it } from '@jest/globals';
import { prepareFixtureStack } from '../support/fixture-stack.ts';
import { useStacks } from '../support/run-fixture-stack.ts';
import { useTempFolders } from '../support/temp-folder.ts';

const startFixture = useStacks();
const makeFolder = useTempFolders();

it('the embedded Postgres is killed by stack kill, and its guard starts it again', async () => {
  const { config, ...fixture } = await prepareFixtureStack(makeFolder());
  const { databaseUrl: _none, ...own } = config;
  const { ask, report, progress } = await startFixture({
    ...fixture,
    config: { ...own, services: ['postgres'] },
  });
  const find = async () => (await report()).processes[0];
  const before = await find();
  await ask({ command: 'kill', name: 'postgres' });
  const after = await find();
  expect(after).toMatchObject({ state: 'ready', restarts: 1, port: before?.port });
  expect(after?.pid).not.toBe(before?.pid);
  expect(progress).toEqual([
    `postgres: process ${before?.pid} killed; its guard starts it again`,
    expect.stringMatching(`^postgres: ready again after \\d+ ms, as process ${after?.pid}$`),
  ]);
});
