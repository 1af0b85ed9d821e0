import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ConfigError } from '@tripod/shared/config/config-error';
import { askDatabase } from '@tripod/testing/ask-database';
import { createTempDatabase, type TempDatabase } from '@tripod/testing/temp-database';
import { waitFor } from '@tripod/testing/wait-for';
import { parseSeedOrders } from '../../src/demo/seed-resource.ts';
import { demoImages } from '../../src/images/demo-images.ts';
import { resources } from '../../src/resources.ts';
import { serverUrl } from '../support/api.ts';
import { killCommands, runApiServer } from '../support/command.ts';

let temp: TempDatabase;
beforeEach(async () => {
  temp = await createTempDatabase({ serverUrl: serverUrl() });
});
afterEach(async () => {
  await killCommands();
  await temp.drop();
});

const seed = (...operands: string[]) =>
  runApiServer(['seed', '--allow-unsafe-durability', ...operands], { DATABASE_URL: temp.url });
const count = async (table: string): Promise<unknown> =>
  (await askDatabase(temp.url, `select count(*)::int as rows from ${table}`))[0];

describe('api-server seed', () => {
  it('adds so many rows to each resource that is named, in a database that it migrates', async () => {
    const orders = ['images=13', 'books=5', 'people=7', 'posts=450', 'jobs=3'];
    const command = seed(...orders);
    await expect(command.ended).resolves.toBe(0);
    expect(command.stderr()).toBe('');
    for (const order of orders) {
      const [table = '', rows] = order.split('=');
      await expect(count(table)).resolves.toEqual({ rows: Number(rows) });
    }
    await expect(seed('people=7').ended).resolves.toBe(0);
    await expect(count('people')).resolves.toEqual({ rows: 14 });
  });

  it('without operands, adds the first pictures once', async () => {
    await expect(seed().ended).resolves.toBe(0);
    await expect(count('images')).resolves.toEqual({ rows: demoImages.length });
    await expect(seed().ended).resolves.toBe(0);
    await expect(count('images')).resolves.toEqual({ rows: demoImages.length });
  });

  it('refuses what it cannot add, and connects to nothing then', async () => {
    const command = runApiServer(['seed', 'nonsense=5', 'posts=many'], { DATABASE_URL: temp.url });
    await expect(command.ended).resolves.toBe(2);
    expect(command.stderr()).toMatch(
      /seed must be given RESOURCE=NUMBER.*images.*not nonsense=5\n.*not posts=many\n$/s,
    );
    await expect(askDatabase(temp.url, "select to_regclass('posts') as made")).resolves.toEqual([
      { made: null },
    ]);
  });
});

describe('--demo-rows', () => {
  it('gives a new table its first rows', async () => {
    const command = runApiServer(['--port', '0', '--demo-rows'], { DATABASE_URL: temp.url });
    const url = `${await command.url()}/images.json`;
    await waitFor('readiness', async () => (await fetch(url)).status === 200);
    await expect((await fetch(url)).json()).resolves.toEqual(demoImages);
  });
});

describe('parseSeedOrders', () => {
  it.each(['posts', 'posts=', 'posts=0', 'posts=-1', 'posts=1e3', 'posts=10000000', '=5', 'visits=5'])(
    'refuses %s',
    (operand) => {
      expect(() => parseSeedOrders([operand], resources)).toThrow(ConfigError);
    },
  );
});
