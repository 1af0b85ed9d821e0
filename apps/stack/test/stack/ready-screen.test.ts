import { describe, expect, it } from '@jest/globals';
import { formatReadyScreen } from '../../src/stack/ready-screen.ts';
import { prepareFixtureStack } from '../support/fixture-stack.ts';
import { useStacks } from '../support/run-fixture-stack.ts';
import { useTempFolders } from '../support/temp-folder.ts';

const start = useStacks();
// After the hook above: hooks run in this order, and the folders must outlive what uses them.
const makeFolder = useTempFolders();

const showScreen = async (copies: number): Promise<string> => {
  const { report } = await start(await prepareFixtureStack(makeFolder(), { copies }));
  return formatReadyScreen(await report(), { stopCommand: 'Ctrl-C', colour: false });
};

describe('the ready screen', () => {
  it.each([
    [3, 'pnpm stack kill api-2'],
    [1, 'pnpm stack kill api-1'],
  ])('with %d copies suggests: %s', async (copies, suggestion) => {
    expect(await showScreen(copies)).toMatch(new RegExp(`^ {2}Break +${suggestion}$`, 'm'));
  });

  it('suggests to scale but not to kill when there are no copies', async () => {
    const screen = await showScreen(0);
    expect(screen).toContain('pnpm stack scale api=5');
    expect(screen).not.toContain('kill');
  });

  it('aligns the addresses of all services and the commands in one column', async () => {
    const lines = (await showScreen(1)).trim().split('\n').filter(Boolean);
    const columns = lines.map((line) => line.trim().search(/(?<= {2})\S/));
    expect(new Set(columns).size).toBe(1);
    expect(lines.map((line) => line.trim().split(' ')[0])).toEqual([
      ...['Gallery', 'Admin', 'Static', 'API', 'Copies', 'Look', 'Scale', 'Break', 'Logs', 'Stop'],
    ]);
  });
});
