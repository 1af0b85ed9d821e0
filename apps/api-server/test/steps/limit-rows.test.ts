import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTempDatabase, type TempDatabase } from '@tripod/testing/temp-database';
import { waitFor } from '@tripod/testing/wait-for';
import { cat, serverUrl } from '../support/api.ts';
import { killCommands, runApiServer } from '../support/command.ts';
import { get, send } from '../support/send.ts';

let temp: TempDatabase;
let url: string;
beforeAll(async () => {
  temp = await createTempDatabase({ serverUrl: serverUrl() });
  const args = ['--port', '0', '--allow-unsafe-durability', '--row-limit', '3'];
  url = await runApiServer(args, { DATABASE_URL: temp.url }).url();
  await waitFor('readiness', async () => (await fetch(`${url}/readyz`)).status === 200);
});
afterAll(async () => {
  await killCommands();
  await temp.drop();
});

const person = (at: number) => ({ apelido: `p${at}`, nome: 'P', nascimento: '2000-01-01' });
const book = { title: 'B', author: 'A' };

describe('--row-limit 3', () => {
  it.each([
    ['/images.json', 'images', () => cat],
    ['/books', 'books', () => book],
    ['/posts', 'posts', () => ({ title: 'T', body: 'B' })],
    ['/pessoas', 'people', person],
  ])(
    'refuses POST %s with 507 once the table %s has about 3 rows, and serves what is there',
    async (path, table, body) => {
      let added = 0;
      const refused = await waitFor('a refusal', async () => {
        const answer = await send(url, path, body(added));
        if (answer.status === 507) return answer;
        expect([200, 201]).toContain(answer.status);
        added += 1;
        return undefined;
      });
      expect(added).toBeGreaterThanOrEqual(3);
      expect(refused.body).toMatchObject({
        code: 'API_TABLE_FULL',
        detail: expect.stringMatching(
          `^There are about \\d+ rows in the table ${table}, and this API allows 3 \\(--row-limit\\)\\.$`,
        ),
      });
      const lists = { '/pessoas': '/contagem-pessoas' } as Readonly<Record<string, string>>;
      expect((await get(url, lists[path] ?? path)).status).toBe(200);
    },
  );

  it('is described in OpenAPI for these POSTs only', async () => {
    const { paths } = (await get(url, '/openapi.json')).body;
    const limited = Object.keys(paths).filter((path) =>
      JSON.stringify(paths[path]).includes('API_TABLE_FULL'),
    );
    expect(limited.toSorted()).toEqual(['/books', '/images.json', '/pessoas', '/posts']);
    expect(JSON.stringify(paths['/books'].get)).not.toContain('API_TABLE_FULL');
  });

  it('limits no jobs', async () => {
    for (const job of ['a', 'b', 'c', 'd', 'e']) expect((await send(url, '/jobs', { job })).status).toBe(201);
  });
});
