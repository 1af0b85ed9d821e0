import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { parseRawResponse } from '@tripod/testing/raw-http';
import { createTempDatabase, type TempDatabase } from '@tripod/testing/temp-database';
import { waitFor } from '@tripod/testing/wait-for';
import { cat, serverUrl } from './support/api.ts';
import { type Command, killCommands, runApiServer } from './support/command.ts';

let temp: TempDatabase;
beforeAll(async () => {
  temp = await createTempDatabase({ serverUrl: serverUrl() });
});
afterEach(killCommands);
afterAll(() => temp.drop());

const start = (...args: string[]): Command =>
  runApiServer(['--port', '0', '--drain-delay-ms', '0', ...args], { DATABASE_URL: temp.url });
const untilReady = (url: string): Promise<true> =>
  waitFor('readiness', async () => (await fetch(`${url}/readyz`)).status === 200);
const portOf = (url: string): number => Number(new URL(url).port);

/** Sends a POST whose last bytes follow once `ready` returns true. */
const finishing = async (port: number, head: string, body: string, ready: () => boolean): Promise<string> => {
  const socket = connect({ port, host: '127.0.0.1' });
  let received = '';
  socket.on('data', (piece) => {
    received += piece.toString();
  });
  socket.write(head + body.slice(0, 5));
  await waitFor('the signal to finish', ready, 100_000);
  socket.write(body.slice(5));
  await once(socket, 'close');
  return received;
};

describe('api-server', () => {
  it('migrates an empty database of the user, inserts no rows and logs each request with its name', async () => {
    const command = start('--name', 'api-7');
    const url = await command.url();
    await untilReady(url);
    const answer = await fetch(`${url}/images.json`, { headers: { 'X-Request-Id': 'look-at-this' } });
    await expect(answer.json()).resolves.toEqual([]);
    expect(answer.headers.get('x-served-by')).toBe('api-7');
    const line = await waitFor('the log line', () =>
      command.logged().find(({ requestId }) => requestId === 'look-at-this'),
    );
    expect(line).toMatchObject({ name: 'api-7', message: 'GET /images.json', status: 200 });
    expect(command.output()).not.toContain(new URL(temp.url).password);
  });

  it('is named api-PORT by default, with the port that it listens on', async () => {
    const url = await start().url();
    const answer = await fetch(`${url}/livez`);
    expect(answer.headers.get('x-served-by')).toBe(`api-${portOf(url)}`);
  });

  it('leaves out X-Served-By with --no-served-by and /metrics with --no-metrics', async () => {
    const url = await start('--no-served-by', '--no-metrics').url();
    const answer = await fetch(`${url}/metrics`);
    expect([answer.status, answer.headers.get('x-served-by')]).toEqual([404, null]);
  });

  it('exports metrics of the database pool and of the process', async () => {
    // Where writes are refused, each check opens a session that is not kept.
    const url = await start('--pool-size', '3', '--allow-unsafe-durability').url();
    await untilReady(url);
    const text = await (await fetch(`${url}/metrics`)).text();
    for (const line of [
      'database_available 1',
      'database_pool_connections{state="idle"} 1',
      'database_pool_waiting 0',
    ]) {
      expect(text).toContain(line);
    }
    expect(text).toContain('process_resident_memory_bytes');
  });

  it('reads a config file, which flags override', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'api-server-test-'));
    try {
      const file = join(folder, 'api.json');
      writeFileSync(file, JSON.stringify({ name: 'from-file', corsOrigins: ['https://gallery.example'] }));
      const url = await start('--config', file, '--name', 'from-flag').url();
      const { headers } = await fetch(`${url}/livez`, { headers: { Origin: 'https://gallery.example' } });
      expect(headers.get('x-served-by')).toBe('from-flag');
      expect(headers.get('access-control-allow-origin')).toBe('https://gallery.example');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('finishes a request in flight after SIGTERM, refuses new ones, and exits 0', async () => {
    const command = start('--allow-unsafe-durability');
    const url = await command.url();
    await untilReady(url);
    const body = JSON.stringify(cat);
    const head = `POST /images.json HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`;
    let mayFinish = false;
    const answered = finishing(portOf(url), head, body, () => mayFinish);
    // The request for the metrics is counted as well.
    const inFlight = async () => /in_flight 2$/m.test(await (await fetch(`${url}/metrics`)).text());
    await waitFor('the request', inFlight);
    command.child.kill('SIGTERM');
    await waitFor('the listener to close', () =>
      fetch(`${url}/livez`).then(
        () => false,
        () => true,
      ),
    );
    mayFinish = true;
    const answer = parseRawResponse(await answered);
    expect([answer.status, answer.headers['connection']]).toEqual([200, 'close']);
    expect(JSON.parse(answer.body)).toEqual(cat);
    await expect(command.ended).resolves.toBe(0);
  });

  it('exits at once on the second signal', async () => {
    const command = runApiServer(['--port', '0', '--drain-delay-ms', '60000'], { DATABASE_URL: temp.url });
    await command.url();
    await waitFor('readiness', () =>
      command.logged().some(({ message }) => String(message).includes('ready')),
    );
    command.child.kill('SIGINT');
    await waitFor('the stopping message', () =>
      command.logged().some(({ message }) => message === 'stopping'),
    );
    command.child.kill('SIGINT');
    await expect(command.ended).resolves.toBe(130);
  });
});

describe('api-server that cannot start', () => {
  it('reports an invalid flag in one line and exits with 2', async () => {
    const command = runApiServer(['--pool-size', '0'], { DATABASE_URL: temp.url });
    await expect(command.ended).resolves.toBe(2);
    expect(command.stderr()).toBe('api-server: --pool-size must be a whole number from 1 to 100, and is 0\n');
  });

  it.each([[['--port', '0']], [['migrate']]])(
    'refuses a malformed DATABASE_URL in one line without the password and exits with 2: %j',
    async (args) => {
      const command = runApiServer(args, { DATABASE_URL: 'postgres://ann:hunter2#@localhost/x' });
      await expect(command.ended).resolves.toBe(2);
      expect(command.stderr()).toMatch(/^api-server: DATABASE_URL must [^\n]+\n$/);
      expect(command.output()).not.toContain('hunter2');
    },
  );

  it.each([
    ['in production', [], { NODE_ENV: 'production' }],
    ['with --no-embedded-database', ['--no-embedded-database'], {}],
    ['when it migrates in production', ['migrate'], { NODE_ENV: 'production' }],
  ])('requires DATABASE_URL %s and exits with 1', async (_when, args, env) => {
    const command = runApiServer(args, env);
    await expect(command.ended).resolves.toBe(1);
    expect(command.stderr()).toMatch(/^api-server: DATABASE_URL is missing[^\n]+\n$/);
  });

  it('names the port in use and the flag to change it, and exits with 1', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const command = runApiServer(['--port', String(port)], { DATABASE_URL: temp.url });
    await expect(command.ended).resolves.toBe(1);
    expect(command.stderr()).toBe(
      `api-server: Port ${port} is already in use; choose another one with --port.\n`,
    );
    server.close();
  });
});

describe('api-server migrate', () => {
  it('migrates an empty database, does nothing the second time, and exits', async () => {
    const fresh = await createTempDatabase({ serverUrl: serverUrl() });
    try {
      const env = { DATABASE_URL: fresh.url };
      const first = runApiServer(['migrate', '--name', 'api-1'], env);
      await expect(first.ended).resolves.toBe(0);
      expect(first.output()).toContain('is up to date now');
      expect(new Set(first.logged().map(({ name }) => name))).toEqual(new Set(['migrate']));
      const second = runApiServer(['migrate'], env);
      await expect(second.ended).resolves.toBe(0);
      expect(second.output()).toContain('was up to date already');
    } finally {
      await fresh.drop();
    }
  });

  it('names the database that it cannot reach and exits with 1', async () => {
    const command = runApiServer(['migrate'], { DATABASE_URL: 'postgres://ann:hunter2@127.0.0.1:9/gallery' });
    await expect(command.ended).resolves.toBe(1);
    expect(command.stderr()).toBe(
      'api-server: The database "gallery" at 127.0.0.1:9 could not be migrated: connection refused.\n',
    );
  });
});
