import { mkdtempSync, rmSync } from 'node:fs';
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
import type { LoadReport, RoomMessages } from '../web/src/wire.ts';

const checkout = join(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'tripod-room-'));
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
    { userId: process.getuid?.() ?? 0, nodeVersion: process.version, cpuSeconds: () => 0 },
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

/** Reads an event stream until a message of that name has what is wanted. */
const readUntil = async <N extends keyof RoomMessages>(
  name: N,
  isWanted: (data: RoomMessages[N]) => boolean,
): Promise<RoomMessages[N]> => {
  const controller = new AbortController();
  const response = await fetch(`${room.url}/events`, { signal: controller.signal });
  const decoder = new TextDecoder();
  let text = '';
  let found: RoomMessages[N] | undefined;
  try {
    for await (const bytes of response.body ?? []) {
      text += decoder.decode(bytes, { stream: true });
      const frames = text.split('\n\n');
      text = frames.pop() ?? '';
      for (const frame of frames) {
        const [, event, data = 'null'] = /^event: (\w+)\ndata: (.*)$/s.exec(frame) ?? [];
        const parsed = JSON.parse(data) as RoomMessages[N];
        if (event === name && isWanted(parsed)) found ??= parsed;
      }
      if (found) return found;
    }
  } finally {
    controller.abort();
  }
  throw new Error(`the stream ended before ${name} came`);
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
    const { facts } = await readUntil('snapshot', () => true);
    expect(facts).toMatchObject({ lab: 'gallery', service: 'api', policies: [] });
    expect(facts.scenarios).toContainEqual({ name: 'list', title: 'Ask for the list of pictures' });
  });

  it('says that no stack runs, when none does', async () => {
    // A page stays open, so that the control room goes on asking.
    const page = new AbortController();
    await fetch(`${room.url}/events`, { signal: page.signal });
    const event = await waitFor('the event', async () => {
      const { events } = await readUntil('snapshot', () => true);
      return events.find(({ kind }) => kind === 'lost');
    });
    page.abort();
    expect(event).toMatchObject({ service: 'stack', detail: expect.stringContaining('pnpm dev') });
  });

  it('runs a load, changes it while it runs, stops it, and makes its report', async () => {
    expect((await fetch(`${room.url}/report.html`)).status).toBe(404);
    expect((await start({})).status).toBe(202);
    const again = await start({});
    expect([again.status, ((await again.json()) as { detail: string }).detail]).toEqual([
      409,
      'A load runs already. Change or stop it.',
    ]);
    const settings = { scenario: 'list', runTimeMs: 60_000, model: closed(4) };
    expect((await act({ action: 'load-change', service: 'load', settings })).status).toBe(202);
    const report = await readUntil('report', ({ total }) => (total?.requests ?? 0) > 0);
    expect(report).toMatchObject({ isRunning: true, failures: [] });
    expect(report.rows).toContainEqual(
      expect.objectContaining({ type: 'GET', name: '/api/images.json', fails: 0 }),
    );
    const ended = readUntil('report', ({ isRunning }) => !isRunning);
    // The stream must be open before the load ends.
    await readUntil('snapshot', () => true);
    expect((await act({ action: 'load-stop', service: 'load' })).status).toBe(202);
    expect((await ended).total?.name).toBe('Aggregated');
    const page = await waitFor('the report', async () => {
      const response = await fetch(`${room.url}/report.html`);
      return response.ok && (await response.text());
    });
    expect(page).toContain('<!doctype html>');
    const { events } = await readUntil('snapshot', () => true);
    expect(events.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['load started', 'load changed', 'load stopped']),
    );
    expect((await act({ action: 'load-reset', service: 'load' })).status).toBe(202);
    const { report: reset } = await readUntil('snapshot', () => true);
    expect((reset as LoadReport | undefined)?.rows ?? []).toEqual([]);
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
  ])('refuses %j with %d %s', async (body, status, code) => {
    const response = await act(body);
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([status, code]);
  });

  it('serves its own page only: no other origin, no other name, no other type', async () => {
    expect((await act({}, { Origin: 'http://localhost:8080' })).status).toBe(403);
    expect((await act({}, { 'Sec-Fetch-Site': 'same-site' })).status).toBe(403);
    expect((await act({}, { 'Content-Type': 'text/plain' })).status).toBe(415);
    const { headers } = await fetch(`${room.url}/`);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});
