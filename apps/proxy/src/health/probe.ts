import { request } from 'node:http';
import { connect } from 'node:net';
import type { Upstream } from '../balancing/upstream.ts';

/** What one active check found. `no-path`: the upstream answers, and has no such health path. */
export type ProbeResult =
  | { readonly kind: 'passed' }
  | { readonly kind: 'no-path' }
  | { readonly kind: 'failed'; readonly reason: string };

/** Checks one upstream once. Never throws; settles within its own time-out. */
export type Probe = (upstream: Upstream) => Promise<ProbeResult>;

const reasonOf = (error: NodeJS.ErrnoException): string =>
  error.code === 'ECONNREFUSED' ? 'connection refused' : (error.code ?? error.message);

/** GET on the health path, on a connection of its own: 200 to 399 passes, 404 says that there is no such path. */
export const createHttpProbe =
  (path: string, timeoutMs: number): Probe =>
  (upstream) =>
    new Promise((resolve) => {
      const probe = request({
        host: upstream.hostname,
        port: upstream.port,
        path,
        agent: false,
        headers: { Host: upstream.id, 'User-Agent': 'tripod-active-check' },
        signal: AbortSignal.timeout(timeoutMs),
      });
      probe.once('response', (response) => {
        const status = response.statusCode ?? 0;
        // What the answer says further is of no interest, and must not keep the connection.
        response.once('error', () => undefined);
        response.destroy();
        if (status >= 200 && status < 400) resolve({ kind: 'passed' });
        else if (status === 404) resolve({ kind: 'no-path' });
        else resolve({ kind: 'failed', reason: `status ${status} on ${path}` });
      });
      probe.on('error', (error: NodeJS.ErrnoException) => {
        const late = error.name === 'AbortError' || error.name === 'TimeoutError';
        resolve({ kind: 'failed', reason: late ? `no answer within ${timeoutMs} ms` : reasonOf(error) });
      });
      // After an answer to another question (101) node:http closes without an error.
      probe.once('close', () => resolve({ kind: 'failed', reason: 'no valid answer' }));
      probe.end();
    });

/** Connects and hangs up: for upstreams without a health path. */
export const createConnectProbe =
  (timeoutMs: number): Probe =>
  (upstream) =>
    new Promise((resolve) => {
      const socket = connect({ host: upstream.hostname, port: upstream.port, timeout: timeoutMs });
      const end = (result: ProbeResult): void => {
        socket.destroy();
        resolve(result);
      };
      socket.once('connect', () => end({ kind: 'passed' }));
      socket.once('timeout', () => end({ kind: 'failed', reason: `no connection within ${timeoutMs} ms` }));
      socket.on('error', (error) => end({ kind: 'failed', reason: reasonOf(error) }));
    });
