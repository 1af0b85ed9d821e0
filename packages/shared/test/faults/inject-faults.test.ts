import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createFaultInjector } from '@tripod/shared/faults/inject-faults';
import { createFakeClock } from '@tripod/testing/fake-clock';
import { waitFor } from '@tripod/testing/wait-for';

let server: Server;
let sockets: Set<Socket>;
let url: string;
let handled: string[];
beforeEach(async () => {
  handled = [];
  sockets = new Set();
  server = createServer((request, response) => {
    handled.push(request.url ?? '');
    response.end('good');
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const inject = (random: () => number = () => 0.5) => {
  const clock = createFakeClock();
  const injector = createFaultInjector({ server, connections: () => sockets }, { clock, random });
  return { clock, injector };
};
const ask = async (path: string): Promise<string> => {
  const response = await fetch(`${url}${path}`);
  return `${response.status} ${await response.text()}`;
};
/** Sends a request and resolves when the server has its connection. */
const send = async (path: string) => {
  const seen = { answer: undefined as string | undefined };
  const request = once(server, 'request');
  const answered = ask(path).then((answer) => {
    seen.answer = answer;
    return answer;
  });
  await request;
  return { seen, answered };
};

describe('a fault in an HTTP server', () => {
  it('leaves its own listeners in place before it is armed and after it is healed', () => {
    const own = server.listeners('request');
    const { injector } = inject();
    injector.inject({ kind: 'slow', delayMs: 1, jitterMs: 0 });
    injector.inject({ kind: 'fail', percent: 1 });
    expect(server.listeners('request')).not.toEqual(own);
    injector.heal('slow');
    expect(server.listeners('request')).not.toEqual(own);
    injector.heal();
    expect(server.listeners('request')).toEqual(own);
  });

  it.each([
    [0, 150],
    [0.5, 200],
    [0.75, 225],
  ])(
    'makes a request wait for its delay and a random part of its jitter: %d gives %d ms',
    async (random, ms) => {
      const { clock, injector } = inject(() => random);
      injector.inject({ kind: 'slow', delayMs: 200, jitterMs: 50 });
      const { answered } = await send('/a');
      clock.advance(ms - 1);
      expect(handled).toEqual([]);
      clock.advance(1);
      expect(await answered).toBe('200 good');
    },
  );

  it('answers the requests that wait when it is healed', async () => {
    const { clock, injector } = inject();
    injector.inject({ kind: 'slow', delayMs: 60_000, jitterMs: 0 });
    const { answered } = await send('/a');
    injector.heal();
    expect(await answered).toBe('200 good');
    expect(clock.waiting).toBe(0);
  });

  it('does not handle a request whose client has left while it waited', async () => {
    const { clock, injector } = inject();
    injector.inject({ kind: 'slow', delayMs: 200, jitterMs: 0 });
    const left = new AbortController();
    const request = once(server, 'request');
    const answered = fetch(`${url}/a`, { signal: left.signal });
    await request;
    left.abort();
    await expect(answered).rejects.toThrow();
    await waitFor('the end of the connection', () => sockets.size === 0);
    clock.advance(200);
    expect(handled).toEqual([]);
  });

  it('fails its share of the requests with 500, but never an operational path', async () => {
    let random = 0.09;
    const { injector } = inject(() => random);
    injector.inject({ kind: 'fail', percent: 10 });
    expect(await ask('/a')).toMatch(/^500 .*"code":"FAULT_INJECTED"/);
    expect(await ask('/readyz')).toBe('200 good');
    random = 0.1;
    expect(await ask('/b')).toBe('200 good');
    random = 0;
    injector.heal();
    expect(await ask('/c')).toBe('200 good');
    expect(handled).toEqual(['/readyz', '/b', '/c']);
  });

  it('holds requests and answers that have begun while it is cut off', async () => {
    let finish: () => void = () => undefined;
    server.removeAllListeners('request');
    server.on('request', (_request, response) => {
      if (finish.name === 'end') response.end('late');
      else
        finish = function end() {
          response.end('early');
        };
    });
    const { injector } = inject();
    const begun = await send('/begun');
    injector.inject({ kind: 'cut' });
    finish();
    const held = await send('/held');
    // A second server on the same event loop answers: nothing else is blocked.
    const other = createServer((_request, response) => void response.end('other')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('other');
    other.closeAllConnections();
    other.close();
    expect([begun.seen.answer, held.seen.answer]).toEqual([undefined, undefined]);
    injector.heal('cut');
    expect(await Promise.all([begun.answered, held.answered])).toEqual(['200 early', '200 late']);
  });

  it('is not possible in a process without one, which can only be blocked', () => {
    const injector = createFaultInjector(undefined, { clock: createFakeClock(), random: () => 0 });
    expect(injector.kinds).toEqual(['block']);
    expect(() => injector.inject({ kind: 'cut' })).toThrow(
      "This process has no HTTP server, so it can't be made cut.",
    );
    const startedMs = performance.now();
    injector.inject({ kind: 'block', ms: 20 });
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(19);
  });
});
