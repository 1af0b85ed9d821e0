import { afterEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '@tripod/testing/wait-for';
import { isLocalShortage } from '../../src/health/local-shortage.ts';
import { createConnectProbe, createHttpProbe } from '../../src/health/probe.ts';
import { parseStatusRanges } from '../../src/health/status-ranges.ts';
import { makeUpstream } from '../support/make-pool.ts';
import { refusingUpstream, runUpstream, stopUpstreams } from '../support/upstreams.ts';

afterEach(stopUpstreams);

const probe = createHttpProbe({
  path: '/readyz',
  timeoutMs: 300,
  isHealthyStatus: parseStatusRanges(['200-399', '401']),
});

const answering = (bytes: string) => runUpstream((socket) => void socket.write(bytes));
const statusLine = (status: string): string => `HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`;

describe('createHttpProbe', () => {
  it.each([
    ['200 OK', { kind: 'passed', status: 200 }],
    ['204 No Content', { kind: 'passed', status: 204 }],
    ['302 Found', { kind: 'passed', status: 302 }],
    ['404 Not Found', { kind: 'no-path' }],
    ['401 Unauthorized', { kind: 'passed', status: 401 }],
    ['403 Forbidden', { kind: 'failed', reason: 'status 403 on /readyz' }],
    ['500 Oh', { kind: 'failed', reason: 'status 500 on /readyz' }],
    ['503 Not Yet', { kind: 'failed', reason: 'status 503 on /readyz' }],
  ])('reads the status %s', async (status, result) => {
    const { port } = await answering(statusLine(status));
    expect(await probe(makeUpstream(port))).toEqual(result);
  });

  it('sends GET to the path on a connection of its own, and closes it', async () => {
    const upstream = await answering('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nonly this');
    expect(await probe(makeUpstream(upstream.port))).toEqual({ kind: 'passed', status: 200 });
    expect(upstream.requests[0]).toMatchObject({ method: 'GET', target: '/readyz' });
    await waitFor('the connection to end', () => upstream.open === 0);
  });

  it('fails with a refused connection', async () => {
    const { port } = await refusingUpstream();
    expect(await probe(makeUpstream(port))).toEqual({ kind: 'failed', reason: 'connection refused' });
  });

  it('fails without an answer in time, and closes the connection', async () => {
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
    ['an unrequested 101', 'HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'],
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

  it('passes when the port is open, and closes the connection', async () => {
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

describe('isLocalShortage', () => {
  it.each(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EADDRNOTAVAIL'])('holds for %s', (code) => {
    expect(isLocalShortage(code)).toBe(true);
  });

  it.each(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', undefined])('does not hold for %s', (code) => {
    expect(isLocalShortage(code)).toBe(false);
  });
});
