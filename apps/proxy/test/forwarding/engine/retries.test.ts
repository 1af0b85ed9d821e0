import { afterEach, describe, expect, it } from '@jest/globals';
import { plainResponse, type ScriptedUpstream, type UpstreamScript } from '@tripod/testing/scripted-upstream';
import { waitFor } from '@tripod/testing/wait-for';
import type { ProxySettings } from '../../../src/config.ts';
import { engineNames } from '../../../src/engine-table.ts';
import { ask, json, someBytes } from '../../support/ask.ts';
import { runEchoUpstream, sha, type Told } from '../../support/echo-upstream.ts';
import { routeTo, runProxy } from '../../support/run-proxy.ts';
import { stopAll } from '../../support/stop-all.ts';
import { refusingUpstream, runUpstream } from '../../support/upstreams.ts';

afterEach(stopAll);

const reset: UpstreamScript = (socket) => void socket.resetAndDestroy();
const close: UpstreamScript = (socket) => void socket.end();
const writes =
  (bytes: string): UpstreamScript =>
  (socket) =>
    void socket.write(bytes);

const bigHead = `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_480)}\r\nContent-Length: 0\r\n\r\n`;

/** Ways in which an upstream fails before a valid response head. */
const breaks: readonly (readonly [string, UpstreamScript])[] = [
  ['a reset', reset],
  ['a close', close],
  ['garbage', writes('garbage\r\n\r\n')],
  ['half a head, then a close', (socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-')],
  ['a head of 20 KiB', writes(bigHead)],
  ['a status of two digits', writes('HTTP/1.1 20 OK\r\n\r\n')],
  ['the status 099', writes('HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n')],
  ['the status 000', writes('HTTP/1.1 000 None\r\nContent-Length: 0\r\n\r\n')],
  ['a control character in the reason', writes('HTTP/1.1 200 O\x01K\r\nContent-Length: 0\r\n\r\n')],
  ['a NUL in a header', writes('HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n')],
  ['two lengths', writes('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab')],
  [
    'length and chunks',
    writes('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'),
  ],
  [
    'an unsupported transfer coding',
    writes('HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'),
  ],
  ['an unrequested 101', writes('HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n')],
];

describe.each(engineNames)('retries of the engine %s', (engine) => {
  const over = (upstreams: readonly { readonly url: string }[], settings: Partial<ProxySettings> = {}) =>
    runProxy({ engine, route: routeTo(...upstreams), ...settings });

  /** Sends requests until the first of these upstreams got one, and checks that the second responded to it. */
  const expectNext = async (broken: ScriptedUpstream, port: number, method: string, body?: string) => {
    for (let request = 0; broken.requests.length === 0 && request < 4; request += 1) {
      const answer = await ask({ port, method, ...(body === undefined ? {} : { body }) });
      expect(answer.status).toBe(200);
    }
    expect(broken.requests.length).toBeGreaterThan(0);
  };

  it.each(['GET', 'POST', 'PATCH', 'PUT', 'DELETE'])(
    'takes a %s that met a refused connect on to the next',
    async (method) => {
      const good = await runUpstream();
      const { port } = await over([await refusingUpstream(), good, await refusingUpstream()]);
      for (let request = 0; request < 6; request += 1) {
        expect((await ask({ port, method, body: 'some body' })).text).toBe('hello');
      }
      expect(good.received.join('').match(/some body/g)).toHaveLength(6);
    },
  );

  it.each([['by length'], ['in chunks']])(
    'loses nothing of a large POST %s that met two refused connects',
    async (how) => {
      const bytes = someBytes(3_000_000);
      const { port } = await over(
        [await refusingUpstream(), await refusingUpstream(), await runEchoUpstream()],
        {
          maxBodyBytes: 10_000_000,
        },
      );
      const body = how === 'by length' ? bytes : [bytes.subarray(0, 1_000_000), bytes.subarray(1_000_000)];
      for (let request = 0; request < 3; request += 1) {
        const told = JSON.parse((await ask({ port, method: 'POST', body })).text) as Told;
        expect(told).toMatchObject({ bytes: bytes.length, sha: sha(bytes) });
      }
    },
  );

  it.each(breaks)('retries a GET after %s at the next upstream', async (_what, script) => {
    const broken = await runUpstream(script);
    const { port } = await over([broken, await runUpstream()]);
    await expectNext(broken, port, 'GET');
  });

  it.each(breaks)('answers 502 to a POST after %s, and does not retry it', async (_what, script) => {
    const upstreams = [await runUpstream(script), await runUpstream(script)];
    const { port, log } = await over(upstreams);
    const answer = await ask({ port, method: 'POST', body: 'once' });
    expect(answer.status).toBe(502);
    const { code, detail } = json(answer);
    expect(code).toBe('PROXY_UPSTREAM_FAILED');
    expect(detail).toMatch(/may have been carried out/);
    expect(answer.text).not.toMatch(/127\.0\.0\.1|ECONN|HPE_|stack/);
    expect(upstreams.flatMap(({ requests }) => requests)).toHaveLength(1);
    await waitFor('the line in the log', () => log.requests[0]);
    expect(log.requests[0]).toMatchObject({ status: 502, tries: 1 });
  });

  it('retries a PUT with its complete buffered body', async () => {
    const body = someBytes(65_536);
    const broken = await runUpstream(reset);
    const { port } = await over([broken, await runEchoUpstream()]);
    for (let request = 0; broken.requests.length === 0 && request < 4; request += 1) {
      const told = JSON.parse((await ask({ port, method: 'PUT', body })).text) as Told;
      expect(told).toMatchObject({ bytes: 65_536, sha: sha(body) });
    }
    expect(broken.requests).toHaveLength(1);
  });

  it('retries a PUT whose body arrived in many small pieces', async () => {
    const crumbs = Array.from({ length: 500 }, (_, index) => `<${index}>`);
    const broken = await runUpstream(reset);
    const { port } = await over([broken, await runEchoUpstream()]);
    for (let request = 0; broken.requests.length === 0 && request < 4; request += 1) {
      const told = JSON.parse((await ask({ port, method: 'PUT', body: crumbs })).text) as Told;
      expect(told.sha).toBe(sha(Buffer.from(crumbs.join(''))));
    }
    expect(broken.requests).toHaveLength(1);
  });

  it('does not retry a PUT that exceeds the replay buffer', async () => {
    const upstreams = [await runUpstream(reset), await runUpstream(reset)];
    const { port } = await over(upstreams);
    const answer = await ask({ port, method: 'PUT', body: someBytes(65_537) });
    expect(answer.status).toBe(502);
    expect(upstreams.flatMap(({ requests }) => requests)).toHaveLength(1);
  });

  it('tries each upstream at most once, and at most 3 upstreams', async () => {
    const upstreams = await Promise.all(
      [reset, reset, reset, reset, reset].map((script) => runUpstream(script)),
    );
    const { port } = await over(upstreams);
    expect((await ask({ port })).status).toBe(502);
    expect(upstreams.map(({ requests }) => requests.length).sort()).toEqual([0, 0, 1, 1, 1]);
  });

  it('does not retry when the retry budget is exhausted', async () => {
    const { port } = await over([await runUpstream(reset), await runUpstream(reset)]);
    const statuses: number[] = [];
    for (let request = 0; request < 30; request += 1) statuses.push((await ask({ port })).status);
    expect(new Set(statuses)).toEqual(new Set([502]));
    const { port: second, log } = await over([await runUpstream(reset), await runUpstream(reset)]);
    for (let request = 0; request < 30; request += 1) await ask({ port: second });
    const attempts = log.requests.reduce((sum, { tries = 0 }) => sum + tries, 0);
    // 10 retries, and one more for every ten of the 30 requests.
    expect(attempts).toBeGreaterThanOrEqual(30 + 10);
    expect(attempts).toBeLessThanOrEqual(30 + 13);
  });

  describe('on a reused connection', () => {
    /** Answers the first request of each connection, and breaks with the second. */
    const breaksOnReuse = (script: UpstreamScript): UpstreamScript => {
      const served = new Set<number>();
      return (socket, request) => {
        if (served.has(request.connection)) return script(socket, request);
        served.add(request.connection);
        socket.write(plainResponse(`connection ${request.connection}`));
      };
    };

    it.each(['GET', 'PUT', 'DELETE'])(
      'sends a %s again to the same upstream on a fresh one, at no cost',
      async (method) => {
        const upstream = await runUpstream(breaksOnReuse(reset));
        const { port, log } = await over([upstream]);
        // More often than the budget allows: these retries cost none.
        for (let request = 0; request < 40; request += 1) {
          const answer = await ask({ port, method, ...(method === 'PUT' ? { body: 'kept' } : {}) });
          expect(answer.status).toBe(200);
        }
        expect(upstream.received.length).toBeGreaterThan(2);
        expect(log.events.map(({ message }) => message)).not.toContain(
          'upstream server temporarily disabled',
        );
      },
    );

    it('does not retry a POST', async () => {
      const upstream = await runUpstream(breaksOnReuse(reset));
      const { port } = await over([upstream]);
      expect((await ask({ port, method: 'POST', body: 'a' })).status).toBe(200);
      expect((await ask({ port, method: 'POST', body: 'b' })).status).toBe(502);
      expect(upstream.requests).toHaveLength(2);
    });

    it('does not count as a failure of the upstream', async () => {
      const upstreams = [await runUpstream(breaksOnReuse(close)), await runUpstream(breaksOnReuse(close))];
      const { port, log } = await over(upstreams, { maxFails: 1 });
      for (let request = 0; request < 10; request += 1) expect((await ask({ port })).status).toBe(200);
      expect(log.count('upstream server temporarily disabled')).toBe(0);
    });

    it.each([
      ['a whole response behind the first', 0],
      ['a whole response a little later', 30],
    ])('never sends a client %s', async (_what, laterMs) => {
      const upstream = await runUpstream((socket, { number }) => {
        const poison = plainResponse('poison');
        if (laterMs === 0) socket.write(plainResponse(`answer ${number}`) + poison);
        else {
          socket.write(plainResponse(`answer ${number}`));
          setTimeout(() => socket.write(poison), laterMs);
        }
      });
      const { port } = await over([upstream]);
      for (let request = 1; request <= 5; request += 1) {
        expect((await ask({ port })).text).toBe(`answer ${request}`);
        await waitFor('the connection with the poison to be dropped', () => upstream.open === 0);
      }
    });

    it('never passes on bytes that follow a response with a Content-Length', async () => {
      const long =
        'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n';
      const upstream = await runUpstream((socket) => {
        socket.write(long);
        setTimeout(() => socket.write('poison'), 20);
      });
      const { port } = await over([upstream]);
      const texts: string[] = [];
      for (let request = 0; request < 10; request += 1) texts.push((await ask({ port })).text);
      expect(new Set(texts)).toEqual(new Set(['ab']));
    });
  });
});
