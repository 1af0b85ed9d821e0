import { afterEach, describe, expect, it } from '@jest/globals';
import { showReady } from '../../src/commands/show-ready.ts';
import { type RunningStack, startStack } from '../../src/start-stack.ts';
import { prepareFixtureStack } from '../support/fixture-stack.ts';
import { useTempFolders } from '../support/temp-folder.ts';

const started: RunningStack[] = [];
afterEach(async () => {
  for (const running of started.splice(0)) await running.stop();
});
// After the hook above: hooks run in this order, and the folders must outlive what uses them.
const makeFolder = useTempFolders();

const showBanner = async (copies: number): Promise<string> => {
  const { config, dependencies, shown } = await prepareFixtureStack(makeFolder(), { copies });
  const onStack = (one: RunningStack): void => void started.push(one);
  const running = await startStack({ config, dependencies, onDown: () => undefined, onStack });
  const lineFormat = { format: 'text', colour: false } as const;
  showReady(running, { sink: dependencies.sink, lineFormat, durationMs: 1, summary: 'ready' });
  return shown.at(-1) ?? '';
};

describe('showReady', () => {
  it.each([
    [3, 'pnpm stack kill api-2'],
    [1, 'pnpm stack kill api-1'],
  ])('suggests to kill a copy that there is, of %d', async (copies, suggestion) => {
    expect(await showBanner(copies)).toContain(`Break    ${suggestion}\n`);
  });

  it('suggests to kill none where there is none', async () => {
    const banner = await showBanner(0);
    expect(banner).toContain('pnpm stack scale api=5');
    expect(banner).not.toContain('kill');
  });
});
