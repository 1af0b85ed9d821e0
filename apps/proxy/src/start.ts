import { pause } from '@tripod/shared/process/pause';
import type { CliContext, RunningService } from '@tripod/shared/process/run-cli';
import { createShutdownStack } from '@tripod/shared/process/shutdown-stack';
import type { ProxyConfig } from './config.ts';
import { createProxy } from './server.ts';

const graceMs = 10_000;

/** Starts a proxy: listens, checks its upstreams, and stops without losing a request. */
export const startProxy = async (
  config: ProxyConfig,
  { logger, clock }: Pick<CliContext, 'logger' | 'clock'>,
): Promise<RunningService> => {
  const { engine, admin, checks, passive, readiness } = createProxy(config, {
    logger,
    clock,
    random: Math.random,
  });
  const undo = createShutdownStack();
  try {
    const adminSide = await admin.listen({ host: 'localhost', port: config.adminPort, flag: '--admin-port' });
    undo.push('the admin side', () => admin.stop({ drainDelayMs: 0, graceMs: 1000 }));
    checks.start();
    undo.push('the active checks', () => checks.stop());
    undo.push('the passive checks', () => passive.stop());
    const listening = await engine.listen({ host: config.host, port: config.port });
    undo.push('the listener', () => engine.close({ graceMs }));
    logger.info('proxy listens', {
      url: listening.url,
      admin: adminSide.url,
      engine: config.engine,
      routes: config.routes.map(
        ({ prefix, upstreams }) => `${prefix} → ${upstreams.map((u) => u.host).join(', ')}`,
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
      url: listening.url,
      adminUrl: adminSide.url,
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
