import { type Clock, systemClock } from '@tripod/shared/async/clock';
import { createReadiness } from '@tripod/shared/http/readiness';
import { type Logger, silentLogger } from '@tripod/shared/logging/logger';
import type { RequestLine } from '@tripod/shared/logging/request-line';
import { createMetrics } from '@tripod/shared/metrics/metrics';
import { exchangeRaw, parseRawResponse, type RawResponse } from '@tripod/testing/raw-http';
import { type Disk, type DiskFile, nodeDisk } from '../../src/files/disk.ts';
import { createStaticServer, type StaticServer } from '../../src/server.ts';

export type StartedServer = {
  readonly port: number;
  readonly server: StaticServer;
  /** The number of files that are open. */
  openFiles(): number;
  readonly requestLines: readonly RequestLine[];
  readonly errors: readonly { readonly message: string; readonly fields: unknown }[];
  /** Sends one request with exactly this target and these header lines, and reads until the connection closes. */
  ask(target: string, headers?: readonly string[], method?: string): Promise<RawResponse>;
  stop(): Promise<void>;
};

export type StartOptions = {
  readonly root: string;
  readonly csp?: string | undefined;
  readonly apiUrl?: string;
  readonly disk?: Disk;
  readonly withMetrics?: boolean;
  /** Default false. */
  readonly profile?: boolean;
  readonly cacheControl?: readonly string[];
  readonly contentType?: readonly string[];
  readonly spa?: boolean;
  readonly maxMemoryBytes: number;
  readonly clock?: Clock;
};

const countOpen = (disk: Disk, open: Set<DiskFile>): Disk => ({
  ...disk,
  open: async (path) => {
    const file = await disk.open(path);
    open.add(file);
    return {
      stat: file.stat,
      findPath: file.findPath,
      read: file.read,
      close: async () => {
        await file.close();
        open.delete(file);
      },
    };
  },
});

/** Starts a static server on a free port of 127.0.0.1. */
export const startServer = async (options: StartOptions): Promise<StartedServer> => {
  const {
    root,
    csp,
    disk = nodeDisk,
    withMetrics = true,
    profile = false,
    clock = systemClock,
    ...site
  } = options;
  const open = new Set<DiskFile>();
  const requestLines: RequestLine[] = [];
  const errors: { message: string; fields: unknown }[] = [];
  const logger: Logger = {
    ...silentLogger,
    request: (line) => void requestLines.push(line),
    error: (message, fields) => void errors.push({ message, fields }),
  };
  const server = createStaticServer(
    { root, csp, cacheControl: [], contentType: [], spa: false, ...site },
    {
      disk: countOpen(disk, open),
      logger,
      clock,
      readiness: createReadiness(),
      metrics: withMetrics ? createMetrics() : undefined,
      profile,
    },
  );
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  return {
    port,
    server,
    openFiles: () => open.size,
    requestLines,
    errors,
    ask: async (target, headers = [], method = 'GET') => {
      const lines = [`${method} ${target} HTTP/1.1`, 'Host: x', 'Connection: close', ...headers];
      return parseRawResponse(await exchangeRaw({ port, bytes: `${lines.join('\r\n')}\r\n\r\n` }));
    },
    stop: () => server.stop({ drainDelayMs: 0, graceMs: 0 }),
  };
};
