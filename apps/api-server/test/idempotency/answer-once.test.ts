import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { askDatabase } from '@tripod/testing/ask-database';
import { createTempDatabase, type TempDatabase } from '@tripod/testing/temp-database';
import { waitFor } from '@tripod/testing/wait-for';
import pg from 'pg';
import { serverUrl } from '../support/api.ts';
import { type Command, killCommands, runApiServer } from '../support/command.ts';

let temp: TempDatabase;
let url: string;
const start = async (): Promise<{ readonly command: Command; readonly url: string }> => {
  const command = runApiServer(['--port', '0', '--allow-unsafe-durability'], { DATABASE_URL: temp.url });
  const address = await command.url();
  await waitFor('readiness', async () => (await fetch(`${address}/readyz`)).status === 200);
  return { command, url: address };
};
beforeAll(async () => {
  temp = await createTempDatabase({ serverUrl: serverUrl() });
  ({ url } = await start());
});
afterAll(async () => {
  await killCommands();
  await temp.drop();
});

const ask = (text: string) => askDatabase(temp.url, text);
const count = async (table: string): Promise<unknown> =>
  (await ask(`select count(*)::int as rows from ${table}`))[0]?.['rows'];
const book = { title: 'Book', author: 'Author' };
const send = async (key: string, body: object = book, path = '/books', at = url) => {
  const init = { method: 'POST', body: JSON.stringify(body), headers: { 'Idempotency-Key': key } };
  const answer = await fetch(`${at}${path}`, init);
  return { status: answer.status, location: answer.headers.get('location'), text: await answer.text() };
};

describe('a POST with an Idempotency-Key', () => {
  it('is done once, and its repetition gets the same status, headers and body', async () => {
    const first = await send('once');
    expect([first.status, first.location]).toEqual([201, expect.stringMatching(/^books\/\d+$/)]);
    await expect(send('once')).resolves.toEqual(first);
    await expect(count('books')).resolves.toBe(1);
    expect((await send('another key')).status).toBe(400);
    expect((await send('another-key')).location).not.toBe(first.location);
  });

  it('is refused with 422 when the body or the path is another one', async () => {
    await send('mismatch');
    for (const other of [
      await send('mismatch', { ...book, title: 'Other' }),
      await send('mismatch', { title: 'Post', body: 'Body' }, '/posts'),
    ]) {
      expect([other.status, JSON.parse(other.text)]).toEqual([
        422,
        expect.objectContaining({ code: 'API_IDEMPOTENCY_MISMATCH' }),
      ]);
    }
    await expect(count('posts')).resolves.toBe(0);
  });

  it.each(['', 'x'.repeat(256), 'two words', 'ü'])('is refused when the key is %j', async (key) => {
    const { status, text } = await send(key);
    expect([status, JSON.parse(text)]).toEqual([
      400,
      expect.objectContaining({ code: 'API_IDEMPOTENCY_KEY_INVALID' }),
    ]);
  });

  it('is done once when ten copies of it arrive at the same time, on two copies of the server', async () => {
    const other = await start();
    const job = { job: 'once' };
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, at) => send('together', job, '/jobs', at % 2 ? url : other.url)),
    );
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    await expect(count("jobs where name = 'once'")).resolves.toBe(1);
  });

  it('is not kept when it fails', async () => {
    const person = { apelido: 'taken', nome: 'Person', nascimento: '2000-01-01' };
    expect((await send('person-1', person, '/pessoas')).status).toBe(201);
    expect((await send('person-2', person, '/pessoas')).status).toBe(422);
    await ask("delete from people where apelido = 'taken'");
    expect((await send('person-2', person, '/pessoas')).status).toBe(201);
  });

  it('is done exactly once when the copy is killed between the work and the answer', async () => {
    const doomed = await start();
    const blocker = new pg.Client({ connectionString: temp.url });
    await blocker.connect();
    try {
      await blocker.query('begin');
      await blocker.query('lock table images in share mode');
      const image = { title: 'Once', alt_text: 'Once', url: '/once.svg' };
      const lost = send('killed', image, '/images.json', doomed.url).catch(() => 'lost');
      // The key is claimed, and the insert waits for the lock.
      await waitFor('the insert to wait', async () => {
        const text =
          "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query ~ 'into images'";
        return (await ask(text)).length > 0;
      });
      doomed.command.child.kill('SIGKILL');
      await expect(lost).resolves.toBe('lost');
      await blocker.query('rollback');
      await waitFor('the image', async () => (await send('killed', image, '/images.json')).status === 200);
      await send('killed', image, '/images.json');
      await expect(count("images where title = 'Once'")).resolves.toBe(1);
    } finally {
      await blocker.end();
    }
  });

  it('is refused with 409 and Retry-After when the first request with its key runs for too long', async () => {
    const first = new pg.Client({ connectionString: temp.url });
    await first.connect();
    try {
      await first.query('begin');
      await first.query("insert into idempotency_keys (key, fingerprint) values ('running', '')");
      const answer = await fetch(`${url}/books`, {
        method: 'POST',
        body: JSON.stringify(book),
        headers: { 'Idempotency-Key': 'running' },
      });
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([409, '1']);
      await expect(answer.json()).resolves.toMatchObject({ code: 'API_IDEMPOTENCY_RUNNING' });
    } finally {
      await first.end();
    }
    // The other request was rolled back.
    expect((await send('running')).status).toBe(201);
  });

  it('is forgotten after 24 hours', async () => {
    const { location } = await send('old');
    await ask("update idempotency_keys set created_at = now() - interval '25 hours' where key = 'old'");
    const again = await send('old', { ...book, title: 'New' });
    expect([again.status, again.location === location]).toEqual([201, false]);
    await expect(send('old', { ...book, title: 'New' })).resolves.toEqual(again);
  });

  it('is described in OpenAPI', async () => {
    const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as {
      readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
    };
    for (const path of ['/books', '/posts', '/pessoas', '/jobs', '/images.json']) {
      expect(JSON.stringify(paths[path]?.['post'])).toContain('"name":"Idempotency-Key","in":"header"');
      expect(JSON.stringify(paths[path]?.['post'])).toContain('API_IDEMPOTENCY_MISMATCH');
    }
  });
});
