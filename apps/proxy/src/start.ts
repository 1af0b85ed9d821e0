import { pause } from '@tripod/shared/async/pause';
import { AppError } from '@tripod/shared/errors/app-error';
import { readDescriptorLimit } from '@tripod/shared/os/descriptor-limit';
import type { CliContext, RunningService } from '@tripod/shared/process/run-cli';
import { createShutdownStack } from '@tripod/shared/process/shutdown-stack';
import type { ProxyConfigSource } from './live-config.ts';
import { createProxy } from './server.ts';

const graceMs = 10_000;

export type RunningProxy = RunningService & {
  readonly adminUrl: string;
  /** Reads the configuration again. Throws an AppError that names every wrong field; the old one then stays in force. */
  applyConfig(): void;
};

/** Starts a proxy with the configuration of `source`. Its `stop` waits for the requests in flight, at most 10 s. */
export const startProxy = async (
  source: ProxyConfigSource,
  { logger, clock }: Pick<CliContext, 'logger' | 'clock'>,
): Promise<RunningProxy> => {
  const proxy = createProxy(source, {
    logger,
    clock,
    random: Math.random,
    descriptorLimit: readDescriptorLimit(),
  });
  const { engine, admin, checks, passive, latencies, readiness } = proxy;
  const config = proxy.config.values;
  const undo = createShutdownStack();
  try {
    const adminSide = await admin.listen({
      host: config.adminHost,
      port: config.adminPort,
      flag: '--admin-port',
    });
    undo.push('the admin side', () => admin.stop({ drainDelayMs: 0, graceMs: 1000 }));
    proxy.addOwnListener(config.adminHost, adminSide.port);
    checks.start();
    undo.push('the active checks', () => checks.stop());
    undo.push('the passive checks', () => passive.stop());
    latencies.start();
    undo.push('the latency windows', () => latencies.stop());
    proxy.certificates?.watch();
    undo.push('the certificates', () => proxy.certificates?.stop());
    const listening = await engine.listen({ host: config.host, port: config.port });
    const url = listening.url.replace('http:', `${config.scheme}:`);
    proxy.addOwnListener(config.host, listening.port);
    undo.push('the listener', () => engine.close({ graceMs }));
    logger.info('proxy listens', {
      url,
      admin: adminSide.url,
      engine: config.engine,
      routes: config.routes.map(
        ({ prefix, pool }) => `${prefix} → ${pool.upstreams.map(({ url }) => url.host).join(', ')}`,
      ),
    });
    let stopping: Promise<void> | undefined;
    const stop = async (drainDelayMs: number): Promise<void> => {
      readiness.startDraining();
      engine.drain();
      await pause(clock, drainDelayMs);
      await undo.unwind();
    };
    return {
      url,
      adminUrl: adminSide.url,
      applyConfig: () => void proxy.config.reload(),
      reload() {
        try {
          proxy.config.reload();
        } catch (error) {
          // An AppError was logged with all problems.
          if (!(error instanceof AppError)) logger.error('reloading failed', { error });
        }
      },
      stop: ({ drainDelayMs }) => {
        stopping ??= stop(drainDelayMs);
        return stopping;
      },
    };
  } catch (error) {
    await undo.unwind();
    throw error;
  }
};
