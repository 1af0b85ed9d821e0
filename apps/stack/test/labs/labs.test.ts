import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { resolveConfig } from '@tripod/shared/config/load-config';
import { labs } from '../../src/commands/labs.ts';
import { up } from '../../src/commands/up.ts';
import { writeStackState } from '../../src/control/state-file.ts';
import { createStateFolder } from '../../src/control/state-folder.ts';
import type { StackConfig } from '../../src/definition/stack-settings.ts';
import { readLab } from '../../src/labs/lab-definition.ts';
import { findLab, findLabNames } from '../../src/labs/lab-folder.ts';
import { createLabSchema } from '../../src/labs/lab-schema.ts';
import { findOnlyStateDir, labDatabase, labStateDir } from '../../src/labs/lab-state.ts';
import { services } from '../../src/services.ts';
import { upSettings } from '../../src/settings.ts';
import { planStack } from '../../src/stack/stack-plan.ts';
import { checkout } from '../support/fixture-stack.ts';
import { useTempFolders } from '../support/temp-folder.ts';
import { createTestClient } from '../support/test-client.ts';

const makeFolder = useTempFolders();
const names = findLabNames(checkout);
const own = { title: 'Mine', description: 'A lab of my own' };

/** A folder with a lab.json of these values. */
const makeLab = (values: object): string => {
  const folder = makeFolder();
  writeFileSync(join(folder, 'lab.json'), JSON.stringify(values));
  return folder;
};
/** What `up` makes of a lab and flags. */
const configOf = (argument: string, flags: Readonly<Record<string, unknown>> = {}) => {
  const file = up.findFile?.({ argument, flags, checkout, workingDir: '/here' });
  if (!file) throw new Error('up found no file');
  return resolveConfig(upSettings(checkout), { flags, file, workingDir: '/here' }).config as StackConfig;
};

describe('the labs of the checkout', () => {
  it('include the gallery first, then the others by name', () => {
    expect(names).toEqual(['gallery', 'books', 'people', 'posts', 'sessions']);
  });

  it.each(names)('have settings that stack up accepts and routes to started services: %s', (name) => {
    const config = configOf(name);
    expect(planStack(services, config).services.map((service) => service.name)).toContain('api');
    const properties = createLabSchema(upSettings(checkout))['properties'] as object;
    const { settings } = readLab(findLab(name, { checkout, workingDir: checkout }).file);
    expect(Object.keys(properties)).toEqual(expect.arrayContaining(Object.keys(settings)));
  });

  it.each([
    [true, /^gallery +An image gallery/],
    [false, /^\{"name":"gallery","title":"Gallery",/],
  ])('are listed with one line each, for a terminal: %s', async (isTerminal, first) => {
    const host = { dependencies: { checkout } } as never;
    const { client, printed } = createTestClient(makeFolder(), { isTerminal, host });
    await labs.run(client, { argument: '', config: {} });
    expect(printed).toHaveLength(names.length);
    expect(printed[0]).toMatch(first);
  });
});

describe('a lab', () => {
  it('is refused with the known names when it is unknown', () => {
    expect(() => findLab('bokos', { checkout, workingDir: '/here' })).toThrow(
      `The lab "bokos" is not known; the labs are ${names.join(', ')}, and a lab of your own is named by its folder, such as ./my-lab`,
    );
  });

  it('can be a folder elsewhere, with paths that hold from it and a database of its own', () => {
    const folder = makeLab({ ...own, copies: 1, assets: 'pages' });
    mkdirSync(join(folder, 'pages'));
    const config = configOf(folder);
    expect(config).toMatchObject({
      copies: 1,
      assets: join(folder, 'pages'),
      postgresDir: join(checkout, '.tripod'),
    });
    expect(basename(config.stateDir)).toMatch(new RegExp(`^${basename(folder)}-[0-9a-f]{8}$`));
    expect(config['database']).toBe(labDatabase(basename(config.stateDir)));
  });

  it('has the same name by its path as by its name', () => {
    const byPath = findLab('./labs/books', { checkout, workingDir: checkout });
    expect(byPath).toEqual(findLab('books', { checkout, workingDir: '/' }));
  });

  it('gives way to flags', () => {
    expect(configOf('books', { copies: '5' })).toMatchObject({ copies: 5, port: 8080 });
  });

  it('has a Postgres of its own with --state-dir', () => {
    const config = configOf('books', { stateDir: '/elsewhere' });
    expect([config.stateDir, config['postgresDir'], config['database']]).toEqual([
      '/elsewhere',
      undefined,
      'tripod_books',
    ]);
  });

  it('may not stand beside --config', () => {
    expect(() => configOf('books', { config: 'x.json' })).toThrow(
      '--config must not stand beside the lab books; copy its lab.json and change the copy',
    );
  });

  it.each([
    [{ title: 'Mine' }, '#/description in FILE is missing'],
    [{ ...own, budget: { cpus: 0 } }, '#/budget/cpus in FILE must be a number of CPUs above 0, and is 0'],
    [{ ...own, copys: 2 }, '#/copys in FILE is not a setting'],
  ])('is refused with the name of a wrong key: %j', (values, sentence) => {
    const folder = makeLab(values);
    expect(() => configOf(folder)).toThrow(sentence.replace('FILE', join(folder, 'lab.json')));
  });
});

describe('the budget of a lab', () => {
  it('is refused with the sum of its shares when they do not add up to it', () => {
    const share = { cpus: 0.5, memoryMb: 512 };
    const shares = { proxy: share, api: share, postgres: share };
    const lab = { ...own, services: ['proxy', 'api', 'postgres'] };
    const plan = (cpus: number) =>
      planStack(services, configOf(makeLab({ ...lab, budget: { cpus, memoryMb: 1536, shares } })));
    expect(() => plan(2)).toThrow('#/budget/shares must add up to 2 CPUs, and add up to 1.5');
    expect(plan(1.5).services).toHaveLength(3);
  });
});

describe('the state folder of a command without --lab and --state-dir', () => {
  const table = { commandOf: () => 'node' } as never;
  const userId = process.getuid?.() ?? 0;
  const writeRunning = (place: string, name: string): void => {
    const { stateFile } = createStateFolder(labStateDir(place, name), userId);
    writeStackState(stateFile, { pid: 1, url: '', proxy: '', startedAt: '', processes: [] });
  };

  it('is that of the gallery when nothing runs, and else that of the lab that runs', () => {
    const place = makeFolder();
    expect(findOnlyStateDir(place, { userId, table })).toBe(join(place, '.tripod'));
    writeRunning(place, 'books');
    expect(findOnlyStateDir(place, { userId, table })).toBe(join(place, '.tripod/labs/books'));
  });

  it('has to be chosen when several labs run', () => {
    const place = makeFolder();
    for (const name of ['gallery', 'books']) writeRunning(place, name);
    expect(() => findOnlyStateDir(place, { userId, table })).toThrow(
      'Several labs run: gallery, books; choose one with --lab.',
    );
  });
});
