import { connect } from 'node:net';
import type { Clock } from '@tripod/shared/async/clock';
import { pause } from '@tripod/shared/async/pause';

/** How a started process is known to serve. */
export type Readiness =
  /** It reports it over its IPC channel. For Node commands. */
  | { readonly type: 'ipc' }
  /** A GET of this path on its port is answered with status 200 to 299. */
  | { readonly type: 'http'; readonly path: string }
  /** Its port accepts connections. `host` defaults to 127.0.0.1. */
  | { readonly type: 'tcp'; readonly host?: string }
  /** It has written a line that matches. */
  | { readonly type: 'log-line'; readonly pattern: RegExp };

const pollMs = 50;
const timeoutMs = 1000;

const acceptsConnections = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const settle = (accepted: boolean): void => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
    socket.once('timeout', () => settle(false));
  });

const answersWell = async (url: string): Promise<boolean> => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
};

const check = (readiness: Readiness, port: number): Promise<boolean> => {
  if (readiness.type === 'http') return answersWell(`http://127.0.0.1:${port}${readiness.path}`);
  if (readiness.type === 'tcp') return acceptsConnections(readiness.host ?? '127.0.0.1', port);
  return Promise.resolve(false);
};

/**
 * Asks a process over HTTP or TCP until it serves, then calls back once. Returns how to end the asking. Of the other
 * kinds of readiness, which the process announces itself, it does nothing.
 */
export const pollReadiness = (
  readiness: Readiness,
  { port, clock, onReady }: { readonly port: number; readonly clock: Clock; readonly onReady: () => void },
): (() => void) => {
  let ended = false;
  const poll = async (): Promise<void> => {
    while (!ended) {
      const ready = await check(readiness, port);
      if (ended) return;
      if (ready) {
        onReady();
        return;
      }
      await pause(clock, pollMs);
    }
  };
  // `check` and `pause` never reject.
  if (readiness.type === 'http' || readiness.type === 'tcp') void poll();
  return () => {
    ended = true;
  };
};
