import { afterEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '@tripod/testing/wait-for';
import { createConnectProbe, createHttpProbe } from '../../src/health/probe.ts';
import { makeUpstream } from '../support/make-pool.ts';
import { refusingUpstream, runUpstream, stopUpstreams } from '../support/upstreams.ts';

afterEach(stopUpstreams);

const probe = createHttpProbe('/readyz', 300);

const answering = (bytes: string) => runUpstream((socket) => void socket.write(bytes));
const statusLine = (status: string): string => `HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`;

describe('createHttpProbe', () => {
  it.each([
    ['200 OK', { kind: 'passed' }],
    ['204 No Content', { kind: 'passed' }],
    ['302 Found', { kind: 'passed' }],
    ['404 Not Found', { kind: 'no-path' }],
    ['401 Unauthorized', { kind: 'failed', reason: 'status 401 on /readyz' }],
    ['500 Oh', { kind: 'failed', reason: 'status 500 on /readyz' }],
    ['503 Not Yet', { kind: 'failed', reason: 'status 503 on /readyz' }],
  ])('judges %s', async (status, result) => {
    const { port } = await answering(statusLine(status));
    expect(await probe(makeUpstream(port))).toEqual(result);
  });

  it('asks the path by GET, on a connection of its own that it closes', async () => {
    const upstream = await answering('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nonly this');
    expect(await probe(makeUpstream(upstream.port))).toEqual({ kind: 'passed' });
    expect(upstream.requests[0]).toMatchObject({ method: 'GET', target: '/readyz' });
    await waitFor('the connection to end', () => upstream.open === 0);
  });

  it('fails with a refused connection', async () => {
    const { port } = await refusingUpstream();
    expect(await probe(makeUpstream(port))).toEqual({ kind: 'failed', reason: 'connection refused' });
  });

  it('fails when there is silence, and lets go of the connection', async () => {
    const upstream = await runUpstream(() => undefined);
    expect(await probe(makeUpstream(upstream.port))).toEqual({
      kind: 'failed',
      reason: 'no answer within 300 ms',
    });
    await waitFor('the connection to end', () => upstream.open === 0);
  });

  it.each([
    ['garbage', 'garbage\r\n\r\n'],
    ['half a head', 'HTTP/1.1 200 OK\r\nContent-'],
    ['a 101 that nobody asked for', 'HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'],
    ['a 100 and nothing after it', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ])('fails with %s', async (_what, bytes) => {
    const { port } = await answering(bytes);
    expect(await probe(makeUpstream(port))).toMatchObject({ kind: 'failed' });
  });

  it('fails when the connection is reset', async () => {
    const { port } = await runUpstream((socket) => void socket.resetAndDestroy());
    expect(await probe(makeUpstream(port))).toMatchObject({ kind: 'failed' });
  });
});

describe('createConnectProbe', () => {
  const connectProbe = createConnectProbe(300);

  it('passes when something listens, and hangs up', async () => {
    const upstream = await runUpstream();
    expect(await connectProbe(makeUpstream(upstream.port))).toEqual({ kind: 'passed' });
    await waitFor('the connection to end', () => upstream.open === 0);
    expect(upstream.requests).toEqual([]);
  });

  it('fails with a refused connection', async () => {
    const { port } = await refusingUpstream();
    expect(await connectProbe(makeUpstream(port))).toEqual({ kind: 'failed', reason: 'connection refused' });
  });
});
