import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '@tripod/shared/async/clock';
import { loadConfig } from '@tripod/shared/config/load-config';
import { silentLogger } from '@tripod/shared/logging/logger';
import type { RunningService } from '@tripod/shared/process/run-cli';
import { waitFor } from '@tripod/testing/wait-for';
import { controlRoomSettings } from '../src/config.ts';
import { startControlRoom } from '../src/start.ts';
import type { ExperimentFacts, LoadReport, RoomMessages } from '../web/src/wire.ts';

const checkout = join(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'tripod-room-'));
/** In place of the command `experiment`, which takes a minute: it judges at once, or fails for an unknown name. */
const experimentProgram = join(folder, 'experiment.mjs');
writeFileSync(
  experimentProgram,
  `import { writeFileSync } from 'node:fs';
  const [name, , , , , file] = process.argv.slice(2);
  if (name === 'nope') {
    console.error('experiment: The experiment "nope" is not known');
    process.exit(2);
  }
  writeFileSync(file, JSON.stringify({ experiment: name, explain: 'why', holds: true, balancers: [] }));`,
);
let site: Server;
let room: RunningService;

beforeAll(async () => {
  site = createServer((_request, response) => response.end('[]'));
  await new Promise<void>((resolve) => {
    site.listen(0, '127.0.0.1', resolve);
  });
  const { port } = site.address() as { readonly port: number };
  const flags = {
    port: 0,
    labFolder: join(checkout, 'labs/gallery'),
    target: `http://127.0.0.1:${port}`,
    stateDir: join(folder, 'state'),
  };
  room = await startControlRoom(
    loadConfig(controlRoomSettings, { flags, workingDir: folder }),
    { logger: silentLogger, clock: systemClock },
    {
      ...{ userId: process.getuid?.() ?? 0, nodeVersion: process.version, cpuSeconds: () => 0 },
      ...{ execPath: process.execPath, experimentProgram },
    },
  );
});
afterAll(async () => {
  await room.stop({ drainDelayMs: 0 });
  site.closeAllConnections();
  await new Promise((resolve) => {
    site.close(resolve);
  });
  rmSync(folder, { recursive: true, force: true });
});

const act = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${room.url}/actions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

/** An open page: collects the messages of its event stream. Resolves when the snapshot has come. */
const openPage = async () => {
  const controller = new AbortController();
  const response = await fetch(`${room.url}/events`, { signal: controller.signal });
  const messages: { readonly name: string; readonly data: unknown }[] = [];
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    let text = '';
    for await (const bytes of response.body ?? []) {
      text += decoder.decode(bytes, { stream: true });
      const frames = text.split('\n\n');
      text = frames.pop() ?? '';
      for (const frame of frames) {
        const [, name, data = 'null'] = /^event: (\w+)\ndata: (.*)$/s.exec(frame) ?? [];
        if (name !== undefined) messages.push({ name, data: JSON.parse(data) });
      }
    }
  };
  read().catch(() => undefined);
  const until = <N extends keyof RoomMessages>(
    name: N,
    isWanted: (data: RoomMessages[N]) => boolean = () => true,
  ): Promise<RoomMessages[N]> =>
    waitFor(
      `a message ${name}`,
      () =>
        messages.find((one) => one.name === name && isWanted(one.data as RoomMessages[N]))?.data as
          | RoomMessages[N]
          | undefined,
    );
  await until('snapshot');
  return { until, close: () => controller.abort() };
};
const readSnapshot = async (): Promise<RoomMessages['snapshot']> => {
  const page = await openPage();
  page.close();
  return await page.until('snapshot');
};

const closed = (users: number) => ({ kind: 'closed', users, spawnRate: 100 });
const start = (settings: object) =>
  act({
    action: 'load-start',
    service: 'load',
    settings: { scenario: 'list', runTimeMs: 60_000, model: closed(2), ...settings },
  });

describe('the control room', () => {
  it('begins every event stream with a snapshot of the lab and its scenarios', async () => {
    const { facts } = await readSnapshot();
    expect(facts).toMatchObject({ lab: 'gallery', service: 'api', policies: [] });
    expect(facts.scenarios).toContainEqual({ name: 'list', title: 'Ask for the list of pictures' });
  });

  it('says that no stack runs, when none does', async () => {
    const page = await openPage();
    const event = await waitFor('the event', async () =>
      (await readSnapshot()).events.find(({ kind }) => kind === 'lost'),
    );
    page.close();
    expect(event).toMatchObject({ service: 'stack', detail: expect.stringContaining('pnpm dev') });
  });

  it('runs a load, changes it while it runs, stops it, and makes its report', async () => {
    const live = await openPage();
    expect((await fetch(`${room.url}/report.html`)).status).toBe(404);
    expect((await start({})).status).toBe(202);
    const again = await start({});
    expect([again.status, ((await again.json()) as { detail: string }).detail]).toEqual([
      409,
      'A load runs already. Change or stop it.',
    ]);
    const settings = { scenario: 'list', runTimeMs: 60_000, model: closed(4) };
    expect((await act({ action: 'load-change', service: 'load', settings })).status).toBe(202);
    const report = await live.until('report', ({ total }) => (total?.requests ?? 0) > 0);
    expect(report).toMatchObject({ isRunning: true, failures: [] });
    expect(report.rows).toContainEqual(
      expect.objectContaining({ type: 'GET', name: '/api/images.json', fails: 0 }),
    );
    expect((await act({ action: 'load-stop', service: 'load' })).status).toBe(202);
    const ended = await live.until('report', ({ isRunning }) => !isRunning);
    live.close();
    expect(ended.total?.name).toBe('Aggregated');
    const page = await waitFor('the report', async () => {
      const response = await fetch(`${room.url}/report.html`);
      return response.ok && (await response.text());
    });
    expect(page).toContain('<!doctype html>');
    const { events } = await readSnapshot();
    expect(events.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['load started', 'load changed', 'load stopped']),
    );
    expect((await act({ action: 'load-reset', service: 'load' })).status).toBe(202);
    const { report: reset } = await readSnapshot();
    expect((reset as LoadReport | undefined)?.rows ?? []).toEqual([]);
  });

  it('lists the experiments of the lab with their claims, and runs one to its verdict', async () => {
    const all = (await (await fetch(`${room.url}/experiments`)).json()) as readonly ExperimentFacts[];
    const found = all.find(({ name }) => name === 'kill-a-copy');
    expect(found?.claims).toContain('failed is at most 0.');
    const live = await openPage();
    expect((await act({ action: 'experiment', service: 'kill-a-copy' })).status).toBe(202);
    const { verdict } = await live.until('experiment', (state) => state.verdict !== undefined);
    expect(verdict).toMatchObject({ experiment: 'kill-a-copy', holds: true });
    await act({ action: 'experiment', service: 'nope' });
    const { problem } = await live.until('experiment', (state) => state.problem !== undefined);
    live.close();
    expect(problem).toBe('The experiment "nope" is not known');
  });

  it('says why there is no profile and no trace', async () => {
    expect((await fetch(`${room.url}/profiles/api-9?seconds=1`)).status).toBe(400);
    const trace = await fetch(`${room.url}/traces/x`);
    expect([trace.status, ((await trace.json()) as { detail: string }).detail]).toEqual([
      409,
      'This load balancer cannot do that while it runs.',
    ]);
  });

  it.each([
    [{ action: 'explode', service: 'api-1' }, 400, 'ROOM_ACTION_INVALID'],
    [{ action: 'slow', service: 'api-1' }, 400, 'ROOM_ACTION_INVALID'],
    [{ action: 'kill', service: 'api-1', more: 1 }, 400, 'ROOM_ACTION_INVALID'],
    [
      {
        action: 'load-start',
        service: 'load',
        settings: { scenario: 'list', runTimeMs: 1000, model: { kind: 'x' } },
      },
      400,
      'ROOM_ACTION_INVALID',
    ],
    [{ action: 'kill', service: 'api-1' }, 409, 'ROOM_ACTION_REFUSED'],
    [{ action: 'policy', service: 'api', policy: 'hash' }, 409, 'ROOM_ACTION_REFUSED'],
    [{ action: 'load-stop', service: 'load' }, 409, 'ROOM_ACTION_REFUSED'],
    [{ action: 'drain', service: 'api-1' }, 409, 'ROOM_ACTION_REFUSED'],
  ])('refuses %j with %d %s', async (body, status, code) => {
    const response = await act(body);
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([status, code]);
  });

  it('serves its own page only: no other origin, no other name, no other type', async () => {
    expect((await act({}, { Origin: 'http://localhost:8080' })).status).toBe(403);
    expect((await act({}, { 'Sec-Fetch-Site': 'same-site' })).status).toBe(403);
    for (const path of ['events', 'profiles/api-1?seconds=1']) {
      const foreign = { headers: { 'Sec-Fetch-Site': 'cross-site' } };
      expect((await fetch(`${room.url}/${path}`, foreign)).status).toBe(403);
    }
    expect((await act({}, { 'Content-Type': 'text/plain' })).status).toBe(415);
    const { headers } = await fetch(`${room.url}/`);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});
