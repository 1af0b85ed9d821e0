import { afterEach, describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@tripod/testing/fake-clock';
import { plainResponse } from '@tripod/testing/scripted-upstream';
import { waitFor } from '@tripod/testing/wait-for';
import type { ProxySettings } from '../../src/config.ts';
import { engineNames } from '../../src/engine-table.ts';
import { reportOf } from '../support/admin.ts';
import { type Answer, ask } from '../support/ask.ts';
import { routeTo, runProxy } from '../support/run-proxy.ts';
import { stopAll } from '../support/stop-all.ts';
import { runUpstream } from '../support/upstreams.ts';

afterEach(stopAll);

describe.each(engineNames)(
  'requests in flight at an upstream that health checks find dead, with the engine %s',
  (engine) => {
    /** A GET, a PUT and a POST wait for the first of two upstreams, whose health checks then fail for 10 s. */
    const start = async (settings: Partial<ProxySettings> = {}) => {
      const clock = createFakeClock();
      let isAlive = true;
      const other = await runUpstream();
      const silent = await runUpstream((socket, request) => {
        if (request.target !== '/readyz') return;
        socket.write(isAlive ? plainResponse('ok') : 'HTTP/1.1 500 Dead\r\nContent-Length: 0\r\n\r\n');
      });
      const proxy = await runProxy({
        engine,
        clock,
        route: routeTo(silent, other),
        healthPath: '/readyz',
        healthTimeoutMs: 3_600_000,
        connectTimeoutMs: 3_600_000,
        responseTimeoutMs: 3_600_000,
        ...settings,
      });
      await waitFor(
        'both upstreams to be checked',
        () => silent.requests.length > 0 && other.requests.length > 0,
      );
      const answers = new Map<string, Answer>();
      const { port } = proxy;
      for (const method of ['GET', 'PUT', 'POST']) {
        const sent = silent.requests.length;
        // Round robin: one of two goes to the silent upstream.
        for (let count = 0; count < 2; count += 1) {
          const question = { port, method, ...(method === 'GET' ? {} : { body: 'some body' }) };
          void ask(question).then(
            (answer) => answers.set(`${method} ${answers.size}`, answer),
            () => undefined,
          );
        }
        await waitFor(`the ${method}`, () => silent.requests.length > sent);
      }
      isAlive = false;
      const after = async (): Promise<void> => {
        let passedMs = 0;
        await waitFor('10 s with failed checks', async () => {
          clock.advance(100);
          passedMs += 100;
          return passedMs > 10_000 && !(await reportOf(proxy, silent)).healthy;
        });
      };
      return { silent, other, proxy, answers, after };
    };

    it('are tried at another upstream after 2 s if they are idempotent', async () => {
      const { silent, proxy, answers, after } = await start();
      await after();
      // The two of each method, but for the POST at the dead upstream.
      await waitFor('five answers', () => answers.size === 5);
      for (const { status, text } of answers.values()) expect([status, text]).toEqual([200, 'hello']);
      expect([...answers.keys()].filter((key) => key.startsWith('POST'))).toHaveLength(1);
      expect(await reportOf(proxy, silent)).toMatchObject({ inFlight: 1, retries: 2, ejections: 0 });
    });

    it('stay there when retryOnUnhealthy is off', async () => {
      const { silent, proxy, answers, after } = await start({ retryOnUnhealthy: false });
      await after();
      expect(answers.size).toBe(3);
      expect(await reportOf(proxy, silent)).toMatchObject({ inFlight: 3, retries: 0 });
    });
  },
);
