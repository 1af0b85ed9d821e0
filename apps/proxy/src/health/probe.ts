import { request } from 'node:http';
import { connect } from 'node:net';
import type { Upstream } from '../balancing/upstream.ts';
import { isLocalShortage } from './local-shortage.ts';

/** The result of one active check. */
export type ProbeResult =
  | { readonly kind: 'passed'; readonly status?: number }
  /** The upstream answers, but has no health path. */
  | { readonly kind: 'no-path' }
  | { readonly kind: 'failed'; readonly reason: string }
  /** The check could not be made, because this machine lacked descriptors or ports. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** Checks one upstream once. Never throws; settles within its time limit. */
export type Probe = (upstream: Upstream) => Promise<ProbeResult>;

const toResult = (error: NodeJS.ErrnoException): ProbeResult => {
  const reason = error.code === 'ECONNREFUSED' ? 'connection refused' : (error.code ?? error.message);
  return { kind: isLocalShortage(error.code) ? 'unknown' : 'failed', reason };
};

export type HttpProbeOptions = {
  readonly path: string;
  readonly timeoutMs: number;
  readonly isHealthyStatus: (status: number) => boolean;
};

/**
 * Sends GET to the health path on a connection of its own. A 404 that is no healthy status means that there is no such
 * path.
 */
export const createHttpProbe =
  ({ path, timeoutMs, isHealthyStatus }: HttpProbeOptions): Probe =>
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
        // The status is enough: the body is not read.
        response.once('error', () => undefined);
        response.destroy();
        if (isHealthyStatus(status)) resolve({ kind: 'passed', status });
        else if (status === 404) resolve({ kind: 'no-path' });
        else resolve({ kind: 'failed', reason: `status ${status} on ${path}` });
      });
      probe.on('error', (error: NodeJS.ErrnoException) => {
        const isTimeout = error.name === 'AbortError' || error.name === 'TimeoutError';
        resolve(isTimeout ? { kind: 'failed', reason: `no answer within ${timeoutMs} ms` } : toResult(error));
      });
      // After an unrequested 101 node:http closes without an error.
      probe.once('close', () => resolve({ kind: 'failed', reason: 'no valid answer' }));
      probe.end();
    });

/** Connects and closes, for upstreams without a health path. */
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
      socket.on('error', (error) => end(toResult(error)));
    });
