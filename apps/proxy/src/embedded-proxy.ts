import { EventEmitter } from 'node:events';
import { systemClock } from '@tripod/shared/async/clock';
import { resolveConfig } from '@tripod/shared/config/load-config';
import type { Logger } from '@tripod/shared/logging/logger';
import type { RequestLine } from '@tripod/shared/logging/request-line';
import { type ProxySettings, proxySettings } from './config.ts';
import { startProxy } from './start.ts';

/** What the log of a proxy would hold: what happened, and details by name. */
export type ProxyEvent = {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
};

/** The events of a proxy and what their listeners get. */
export type ProxyEvents = {
  /** A request has ended. */
  request: [line: RequestLine];
  /** Something else happened, such as an upstream that became unhealthy. */
  event: [event: ProxyEvent];
};

/** A proxy inside another program. Its log lines are events. */
export type EmbeddedProxy = EventEmitter<ProxyEvents> & {
  /**
   * Starts to listen and to check upstreams; to be called once. Rejects with a ListenError when a port is in use, and with
   * an Error when it was called before.
   */
  listen(): Promise<{ readonly url: string; readonly adminUrl: string }>;
  /**
   * Replaces the whole configuration, without losing a connection. Throws an AppError that names every wrong field, also
   * those that cannot change while it runs; the old configuration then stays in force.
   */
  reload(values: Partial<ProxySettings>): void;
  /** Stops: requests in flight may end, for 10 s at most. May be called more than once. */
  close(): Promise<void>;
};

/**
 * Creates a proxy with the keys of a config file, such as `{ port: 8080, routes: [{ prefix: '/', upstreams: […] }] }`; those
 * left out have their defaults. Neither flags nor the environment are read. Throws a ConfigError that names every wrong
 * field.
 */
export const createProxy = (values: Partial<ProxySettings>): EmbeddedProxy => {
  let current = values;
  const read = () =>
    resolveConfig(proxySettings, {
      file: { name: 'createProxy', values: { ...current } },
      workingDir: import.meta.dirname,
    });
  read();
  const events = new EventEmitter<ProxyEvents>();
  const tell =
    (level: ProxyEvent['level']): Logger['info'] =>
    (message, fields = {}) =>
      void events.emit('event', { level, message, fields });
  const logger: Logger = {
    ...{ info: tell('info'), warn: tell('warn'), error: tell('error') },
    request: (line) => void events.emit('request', line),
    dropped: () => 0,
    flush: () => undefined,
  };
  let starting: ReturnType<typeof startProxy> | undefined;
  let started: Awaited<ReturnType<typeof startProxy>> | undefined;
  return Object.assign(events, {
    async listen() {
      if (starting !== undefined) throw new Error('This proxy listens already, or has been closed.');
      starting = startProxy({ file: undefined, read }, { logger, clock: systemClock });
      started = await starting;
      return { url: started.url, adminUrl: started.adminUrl };
    },
    reload(next: Partial<ProxySettings>) {
      if (!started) throw new Error('This proxy does not listen yet.');
      const before = current;
      current = next;
      try {
        started.applyConfig();
      } catch (error) {
        current = before;
        throw error;
      }
    },
    async close() {
      await (await starting?.catch(() => undefined))?.stop({ drainDelayMs: 0 });
    },
  });
};
