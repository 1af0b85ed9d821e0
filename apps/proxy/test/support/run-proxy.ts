import { type Clock, systemClock } from '@tripod/shared/async/clock';
import { createConfigSource } from '@tripod/shared/config/config-source';
import { type ProxySettings, proxySettings } from '../../src/config.ts';
import { startProxy } from '../../src/start.ts';
import { type CollectedLog, collectLog } from './collect-log.ts';

export type RunOptions = Partial<ProxySettings> & { readonly clock?: Clock };

/** A proxy in this process, listening on free loopback ports. */
export type RunningProxy = {
  readonly port: number;
  readonly adminPort: number;
  readonly log: CollectedLog;
  stop(options?: { readonly drainDelayMs: number }): Promise<void>;
};

const running = new Set<RunningProxy>();

/**
 * Starts a proxy in this process, without active checks and ejections, unless the test enables them or has a config
 * file: their requests would interfere.
 */
export const runProxy = async ({ clock = systemClock, ...settings }: RunOptions): Promise<RunningProxy> => {
  const quiet = settings.config === undefined ? { healthPath: 'off', maxFails: 0 } : {};
  const given = { host: '127.0.0.1', port: 0, adminPort: 0, ...quiet, ...settings };
  const source = createConfigSource(proxySettings, { flags: given, workingDir: '/' });
  const log = collectLog();
  const service = await startProxy(source, { logger: log, clock });
  const proxy: RunningProxy = {
    port: Number(new URL(service.url).port),
    adminPort: Number(new URL(service.adminUrl ?? '').port),
    log,
    stop: async (options = { drainDelayMs: 0 }) => {
      running.delete(proxy);
      await service.stop(options);
    },
  };
  running.add(proxy);
  return proxy;
};

/** For afterEach: stops the proxies that a test left running. */
export const stopProxies = async (): Promise<void> => {
  await Promise.all([...running].map((proxy) => proxy.stop()));
};

/** The flag for one route `/` to these upstreams. */
export const routeTo = (...upstreams: readonly { readonly url: string }[]): readonly string[] => [
  `/=${upstreams.map(({ url }) => url).join(',')}`,
];
