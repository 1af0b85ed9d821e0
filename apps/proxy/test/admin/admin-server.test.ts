import { afterEach, describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@tripod/testing/fake-clock';
import { exchangeRaw, parseRawResponse } from '@tripod/testing/raw-http';
import { waitFor } from '@tripod/testing/wait-for';
import { parseMetrics } from '../../../../packages/shared/test/support/parse-metrics.ts';
import { type Answer, ask, json } from '../support/ask.ts';
import { type RunOptions, routeTo, runProxy } from '../support/run-proxy.ts';
import { stopAll } from '../support/stop-all.ts';
import { runUpstream } from '../support/upstreams.ts';

afterEach(stopAll);

const start = async (options: RunOptions = {}) => {
  const upstream = await runUpstream();
  const proxy = await runProxy({ route: [`/api/=${upstream.url}`, ...routeTo(upstream)], ...options });
  const admin = (
    path: string,
    method = 'GET',
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> =>
    ask({
      port: proxy.adminPort,
      path,
      method,
      headers: { Host: `localhost:${proxy.adminPort}`, 'Content-Type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  return { upstream, proxy, admin, id: `127.0.0.1:${upstream.port}` };
};

const expectProblem = (answer: Answer, status: number, code: string): void => {
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(json(answer)).toMatchObject({ status, code, requestId: answer.headers['x-request-id'] });
  expect(answer.status).toBe(status);
};

describe('admin server', () => {
  it('reports all pools and their upstreams', async () => {
    const { admin, proxy, id } = await start();
    for (let request = 0; request < 3; request += 1) await ask({ ...proxy, path: '/api/x' });
    const pools = JSON.parse((await admin('/pools')).text) as unknown;
    expect(pools).toMatchObject([
      {
        name: 'api',
        policy: 'round-robin',
        upstreams: [
          {
            id,
            url: `http://${id}`,
            state: 'available',
            weight: 1,
            inFlight: 0,
            requests: 3,
            answers: { '2xx': 3, '5xx': 0 },
          },
        ],
      },
      { name: 'static', upstreams: [{ id, requests: 0 }] },
    ]);
    expect(json(await admin('/pools/api'))).toEqual((pools as unknown[])[0]);
    expect(json(await admin(`/pools/api/upstreams/${id}`))).toMatchObject({ id, requests: 3 });
  });

  it('sends requests to an added upstream only after its first passed check', async () => {
    const { admin, proxy, upstream } = await start({ healthPath: '/readyz', healthIntervalMs: 20, fall: 1 });
    const ready = { yes: false };
    const added = await runUpstream((socket, { target }) => {
      const status = target === '/readyz' && !ready.yes ? '503 Not Yet' : '200 OK';
      socket.write(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`);
    });
    const answer = await admin('/pools/api/upstreams', 'POST', { url: added.url, weight: 1 });
    expect(answer.status).toBe(201);
    expect(json(answer)).toMatchObject({ url: added.url, state: 'unhealthy' });
    await waitFor('some failed checks', () => added.requests.length > 2);
    for (let request = 0; request < 6; request += 1) await ask({ ...proxy, path: '/api/x' });
    expect(new Set(added.requests.map(({ target }) => target))).toEqual(new Set(['/readyz']));
    ready.yes = true;
    await waitFor('the upstream to be available', async () => {
      return json(await admin(`/pools/api/upstreams/127.0.0.1:${added.port}`))['state'] === 'available';
    });
    const before = upstream.requests.filter(({ target }) => target === '/x').length;
    for (let request = 0; request < 6; request += 1) await ask({ ...proxy, path: '/api/x' });
    expect(added.requests.filter(({ target }) => target === '/x')).toHaveLength(3);
    expect(upstream.requests.filter(({ target }) => target === '/x').length - before).toBe(3);
  });

  it('sends requests to an added upstream at once when checks are off', async () => {
    const { admin, proxy } = await start();
    const added = await runUpstream();
    expect(json(await admin('/pools/api/upstreams', 'POST', { url: added.url }))).toMatchObject({
      state: 'available',
    });
    for (let request = 0; request < 2; request += 1) await ask({ ...proxy, path: '/api/x' });
    expect(added.requests).toHaveLength(1);
  });

  it('sends no new request to a draining upstream, and sends requests again when draining ends', async () => {
    const { admin, proxy, upstream, id } = await start();
    const second = await runUpstream();
    await admin('/pools/api/upstreams', 'POST', { url: second.url });
    const drained = await admin(`/pools/api/upstreams/${id}`, 'PATCH', { draining: true });
    expect(json(drained)).toMatchObject({ state: 'draining', draining: true });
    for (let request = 0; request < 4; request += 1) await ask({ ...proxy, path: '/api/x' });
    expect(upstream.requests).toEqual([]);
    await admin(`/pools/api/upstreams/${id}`, 'PATCH', { draining: false });
    for (let request = 0; request < 4; request += 1) await ask({ ...proxy, path: '/api/x' });
    expect(upstream.requests).toHaveLength(2);
  });

  it('changes the policy of a pool, and refuses one that does not exist', async () => {
    const { admin } = await start();
    const changed = await admin('/pools/api', 'PATCH', { policy: 'least-requests' });
    expect([changed.status, json(changed)['policy']]).toEqual([200, 'least-requests']);
    expect(json(await admin('/pools/api', 'GET'))['policy']).toBe('least-requests');
    const refused = await admin('/pools/api', 'PATCH', { policy: 'fastest' });
    expect([refused.status, json(refused)['code']]).toEqual([400, 'ADMIN_BODY_INVALID']);
    expect((await admin('/pools/none', 'PATCH', { policy: 'hash' })).status).toBe(404);
  });

  it('changes the weight of an upstream', async () => {
    const { admin, proxy, upstream, id } = await start();
    const second = await runUpstream();
    await admin('/pools/api/upstreams', 'POST', { url: second.url });
    expect(json(await admin(`/pools/api/upstreams/${id}`, 'PATCH', { weight: 3 }))).toMatchObject({
      weight: 3,
    });
    for (let request = 0; request < 8; request += 1) await ask({ ...proxy, path: '/api/x' });
    expect([upstream.requests.length, second.requests.length]).toEqual([6, 2]);
  });

  it('disables an upstream until it is enabled again', async () => {
    const { admin, proxy, upstream, id } = await start({ healthPath: '/readyz', healthIntervalMs: 20 });
    const path = `/pools/api/upstreams/${id}`;
    expect(json(await admin(path, 'PATCH', { enabled: false }))).toMatchObject({
      state: 'disabled',
      enabled: false,
    });
    const checks = upstream.requests.length;
    await waitFor('some passed checks', () => upstream.requests.length > checks + 2);
    expect((await ask({ ...proxy, path: '/api/x' })).status).toBe(503);
    expect(json(await admin(path, 'PATCH', { enabled: true }))).toMatchObject({ state: 'available' });
    expect((await ask({ ...proxy, path: '/api/x' })).status).toBe(200);
  });

  it('limits the requests in flight at an upstream, and removes the limit', async () => {
    const { admin, proxy, upstream, id } = await start();
    const path = `/pools/api/upstreams/${id}`;
    const answers: (() => void)[] = [];
    upstream.setScript((socket) => {
      answers.push(() => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'));
    });
    expect(json(await admin(path, 'PATCH', { maxInFlight: 1 }))).toMatchObject({ maxInFlight: 1 });
    const first = ask({ ...proxy, path: '/api/x' });
    await waitFor('the request at the upstream', () => answers.length === 1);
    expect(json(await admin(path))).toMatchObject({ state: 'full', inFlight: 1 });
    expect((await ask({ ...proxy, path: '/api/x' })).status).toBe(503);
    expect(json(await admin(path, 'PATCH', { maxInFlight: null }))).toMatchObject({
      state: 'available',
      maxInFlight: null,
    });
    const second = ask({ ...proxy, path: '/api/x' });
    await waitFor('both requests at the upstream', () => answers.length === 2);
    for (const answer of answers) answer();
    expect([(await first).status, (await second).status]).toEqual([200, 200]);
  });

  it('adds an upstream with all its fields', async () => {
    const { admin } = await start();
    const added = { url: 'http://127.0.0.1:1', weight: 4, maxInFlight: 9, draining: true, enabled: false };
    const answer = await admin('/pools/api/upstreams', 'POST', added);
    expect(answer.status).toBe(201);
    expect(json(answer)).toMatchObject({ ...added, state: 'disabled', drained: true });
  });

  it('reports that an upstream has drained, and logs it once', async () => {
    const { admin, proxy, upstream, id } = await start();
    const path = `/pools/api/upstreams/${id}`;
    let answer = (): void => undefined;
    upstream.setScript((socket) => {
      answer = () => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate');
    });
    const inFlight = ask({ ...proxy, path: '/api/x' });
    await waitFor('the request at the upstream', () => upstream.requests.length === 1);
    expect(json(await admin(path, 'PATCH', { draining: true }))).toMatchObject({ drained: false });
    await admin(path, 'PATCH', { draining: true });
    expect(proxy.log.count('upstream has drained')).toBe(0);
    answer();
    await inFlight;
    await waitFor('the upstream to be drained', async () => json(await admin(path))['drained'] === true);
    await admin(path, 'PATCH', { draining: true });
    const lines = proxy.log.events.filter(({ message }) => message === 'upstream has drained');
    expect(lines).toEqual([
      { level: 'info', message: 'upstream has drained', fields: { upstream: id, pool: 'api' } },
    ]);
  });

  it('removes an upstream from one pool only, and lets its request finish', async () => {
    const { admin, proxy, upstream, id } = await start();
    let answer = (): void => undefined;
    upstream.setScript((socket) => {
      answer = () => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate');
    });
    const inFlight = ask({ ...proxy, path: '/api/x' });
    await waitFor('the request at the upstream', () => upstream.requests.length === 1);
    expect((await admin(`/pools/api/upstreams/${id}`, 'DELETE')).status).toBe(200);
    expect(json(await admin('/pools/api'))).toMatchObject({ upstreams: [] });
    expect((await ask({ ...proxy, path: '/api/x' })).status).toBe(503);
    answer();
    expect((await inFlight).text).toBe('late');
    expect(json(await admin('/pools/static'))).toMatchObject({ upstreams: [{ id }] });
  });

  it.each([
    ['GET', '/nothing', undefined, 404, 'NOT_FOUND'],
    ['GET', '/pools/none', undefined, 404, 'ADMIN_POOL_UNKNOWN'],
    ['GET', '/pools/api/upstreams/none', undefined, 404, 'ADMIN_UPSTREAM_UNKNOWN'],
    ['PATCH', '/pools/api/upstreams/none', { draining: true }, 404, 'ADMIN_UPSTREAM_UNKNOWN'],
    ['DELETE', '/pools/none/upstreams/none', undefined, 404, 'ADMIN_POOL_UNKNOWN'],
    ['GET', '/pools/%zz', undefined, 400, 'REQUEST_INVALID'],
    ['DELETE', '/pools', undefined, 405, 'METHOD_NOT_ALLOWED'],
    ['PUT', '/pools/api', {}, 405, 'METHOD_NOT_ALLOWED'],
    ['GET', '/pools/api/upstreams', undefined, 405, 'METHOD_NOT_ALLOWED'],
    ['POST', '/readyz', undefined, 405, 'METHOD_NOT_ALLOWED'],
    ['POST', '/pools/api/upstreams', undefined, 400, 'ADMIN_BODY_INVALID'],
    ['POST', '/pools/api/upstreams', '{', 400, 'ADMIN_BODY_INVALID'],
    ['POST', '/pools/api/upstreams', [], 400, 'ADMIN_BODY_INVALID'],
    ['POST', '/pools/api/upstreams', { url: 7 }, 400, 'ADMIN_BODY_INVALID'],
    ['POST', '/pools/api/upstreams', { url: 'https://127.0.0.1:1' }, 400, 'ADMIN_BODY_INVALID'],
    ['POST', '/pools/api/upstreams', { url: 'http://127.0.0.1:1/path' }, 400, 'ADMIN_BODY_INVALID'],
    ['POST', '/pools/api/upstreams', { url: 'http://127.0.0.1:1', weight: 0 }, 400, 'ADMIN_BODY_INVALID'],
    ['POST', '/pools/api/upstreams', { url: 'http://127.0.0.1:1', more: 1 }, 400, 'ADMIN_BODY_INVALID'],
    ['PATCH', '/pools/none/upstreams/none', {}, 404, 'ADMIN_POOL_UNKNOWN'],
    ['DELETE', '/config', undefined, 405, 'METHOD_NOT_ALLOWED'],
    ['GET', '/config/reload', undefined, 405, 'METHOD_NOT_ALLOWED'],
    ['POST', '/pools/api/upstreams', `{"url":"${'x'.repeat(70_000)}"}`, 400, 'ADMIN_BODY_INVALID'],
  ])('answers %s %s with the body %j as a problem', async (method, path, body, status, code) => {
    const { admin } = await start();
    expectProblem(await admin(path, method, body), status, code);
  });

  it('names the invalid field', async () => {
    const { admin, id } = await start();
    const post = await admin('/pools/api/upstreams', 'POST', { url: 'https://x' });
    expect(json(post)['errors']).toEqual([{ pointer: '#/url', detail: expect.stringContaining('https') }]);
    const patch = await admin(`/pools/api/upstreams/${id}`, 'PATCH', { weight: 'much' });
    expect(json(patch)['errors']).toEqual([
      { pointer: '#/weight', detail: 'must be a whole number from 1 to 1000, and is "much"' },
    ]);
  });

  it('refuses to add an upstream twice', async () => {
    const { admin, upstream } = await start();
    expectProblem(
      await admin('/pools/api/upstreams', 'POST', { url: upstream.url }),
      409,
      'ADMIN_UPSTREAM_EXISTS',
    );
  });

  it('takes profiles of the proxy, unless --no-profile is given', async () => {
    const { admin } = await start();
    expectProblem(await admin('/debug/pprof/profile?seconds=61'), 400, 'PROFILE_SECONDS_INVALID');
    const without = await start({ profile: false });
    expectProblem(await without.admin('/debug/pprof/profile?seconds=61'), 404, 'NOT_FOUND');
  });

  it('answers /readyz with 503 while the proxy drains, and /livez with 200', async () => {
    const clock = createFakeClock();
    const { admin, proxy } = await start({ clock });
    expect((await admin('/livez')).status).toBe(200);
    expect((await admin('/readyz')).status).toBe(200);
    const stopped = proxy.stop({ drainDelayMs: 500 });
    expect((await admin('/readyz')).status).toBe(503);
    expect((await admin('/livez')).status).toBe(200);
    clock.advance(500);
    await stopped;
  });

  it('serves valid metrics of requests and upstreams', async () => {
    const { admin, proxy, id } = await start();
    await ask({ ...proxy, path: '/api/x' });
    await ask({ ...proxy, path: '/livez' });
    const { samples, types } = parseMetrics((await admin('/metrics')).text);
    const value = (name: string, labels: Record<string, string>): number | undefined =>
      samples.find(
        (sample) =>
          sample.name === name && Object.entries(labels).every(([key, text]) => sample.labels[key] === text),
      )?.value;
    expect(types).toMatchObject({
      tripod_upstream_attempts_total: 'counter',
      tripod_upstream_in_flight: 'gauge',
    });
    const upstream = { pool: 'api', upstream: id };
    expect(value('tripod_upstream_attempts_total', upstream)).toBe(1);
    expect(value('tripod_upstream_available', upstream)).toBe(1);
    expect(value('tripod_upstream_in_flight', upstream)).toBe(0);
    expect(value('tripod_upstream_answers_total', { ...upstream, class: '2xx' })).toBe(1);
    expect(value('http_requests_total', { method: 'GET', status: '404' })).toBe(1);
    const series = samples.map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`);
    expect(new Set(series).size).toBe(series.length);
  });

  it('answers /metrics with 404 with --no-metrics', async () => {
    const { admin } = await start({ metrics: false });
    expectProblem(await admin('/metrics'), 404, 'NOT_FOUND');
  });

  it.each([
    ['a name of another site', 'Host: evil.example'],
    ['a name that begins like ours', 'Host: localhost.evil.example'],
    ['an address of the network', 'Host: 192.168.1.1:8090'],
    ['the origin of another site', 'Host: localhost\r\nOrigin: https://evil.example'],
    ['an opaque origin', 'Host: localhost\r\nOrigin: null'],
    ['the origin of another port', 'Host: localhost:8090\r\nOrigin: http://localhost:3000'],
    ['the origin of another scheme', 'Host: localhost:8090\r\nOrigin: https://localhost:8090'],
    ['an empty origin', 'Host: localhost\r\nOrigin: '],
    ['an origin that begins like ours', 'Host: localhost\r\nOrigin: http://127.0.0.1.evil.example'],
  ])('refuses %s', async (_what, lines) => {
    const { proxy } = await start();
    for (const target of ['/pools', '/metrics', '/readyz', '/config']) {
      const bytes = `GET ${target} HTTP/1.1\r\n${lines}\r\nConnection: close\r\n\r\n`;
      const answer = parseRawResponse(await exchangeRaw({ port: proxy.adminPort, bytes }));
      expect(answer.status).toBe(403);
      expect(answer.body).toContain('ADMIN_ADDRESS_REFUSED');
    }
  });

  it.each(['cross-site', 'same-site'])('refuses a change by a page that a browser calls %s', async (site) => {
    const { admin, id } = await start();
    const headers = { 'Sec-Fetch-Site': site };
    expectProblem(await admin('/config/reload', 'POST', undefined, headers), 403, 'ADMIN_ADDRESS_REFUSED');
    const path = `/pools/api/upstreams/${id}`;
    expectProblem(await admin(path, 'DELETE', undefined, headers), 403, 'ADMIN_ADDRESS_REFUSED');
    expect((await admin('/pools', 'GET', undefined, headers)).status).toBe(200);
  });

  it('accepts a change by its own page', async () => {
    const { admin, proxy, id } = await start();
    const headers = { Origin: `http://localhost:${proxy.adminPort}`, 'Sec-Fetch-Site': 'same-origin' };
    const answer = await admin(`/pools/api/upstreams/${id}`, 'PATCH', { weight: 2 }, headers);
    expect(answer.status).toBe(200);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
    'refuses a body of the type %j, which any web page could send',
    async (type) => {
      const { admin } = await start();
      const answer = await admin('/pools/api/upstreams', 'POST', '{}', { 'Content-Type': type });
      expectProblem(answer, 415, 'ADMIN_TYPE_UNSUPPORTED');
    },
  );

  it.each([17, 30_000])('refuses %d levels of JSON with 400', async (levels) => {
    const { admin } = await start();
    const body = `${'['.repeat(levels)}${']'.repeat(levels)}`;
    expectProblem(await admin('/pools/api/upstreams', 'POST', body), 400, 'ADMIN_BODY_INVALID');
  });

  it('does not count brackets within strings as levels', async () => {
    const { admin } = await start();
    const answer = await admin('/pools/api/upstreams', 'POST', { url: `\\"${'['.repeat(50)}` });
    expect(json(answer)['errors']).toMatchObject([{ pointer: '#/url' }]);
  });

  it.each([
    ['two Host lines', 'GET /pools HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n', 400],
    ['no Host line', 'GET /pools HTTP/1.1\r\n', 400],
    ['CONNECT', 'CONNECT a:80 HTTP/1.1\r\nHost: localhost\r\n', 405],
    ['an unknown expectation', 'GET /pools HTTP/1.1\r\nHost: localhost\r\nExpect: tea\r\n', 417],
  ])('answers a request with %s as a problem', async (_what, head, status) => {
    const { proxy } = await start();
    const bytes = `${head}Connection: close\r\n\r\n`;
    const answer = parseRawResponse(await exchangeRaw({ port: proxy.adminPort, bytes }));
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toMatchObject({ status });
  });

  it.each(['localhost', 'LOCALHOST:8090', '127.0.0.1:1', '[::1]:8090'])(
    'answers to the Host %s',
    async (host) => {
      const { admin } = await start();
      expect((await admin('/pools', 'GET', undefined, { Host: host })).status).toBe(200);
    },
  );

  it('listens on loopback only, whatever --host is', async () => {
    const { proxy } = await start({ host: '0.0.0.0' });
    const bytes = 'GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    for (const host of ['127.0.0.1', '::1']) {
      const answer = await exchangeRaw({ port: proxy.adminPort, host, bytes });
      expect(parseRawResponse(answer).status).toBe(200);
    }
    // Every address of 127/8 is this machine: only 127.0.0.1 itself may answer.
    expect(await exchangeRaw({ port: proxy.adminPort, host: '127.0.0.2', bytes })).toBe('');
  });
});
