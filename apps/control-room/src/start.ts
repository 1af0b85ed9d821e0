import { createReadiness } from '@tripod/shared/http/readiness';
import type { CliContext, RunningService } from '@tripod/shared/process/run-cli';
import { createShutdownStack } from '@tripod/shared/process/shutdown-stack';
import { stackSocketPath } from '@tripod/stack-client/stack-socket-path';
import type { ControlRoomConfig } from './config.ts';
import { listExperiments } from './experiments/list-experiments.ts';
import { defaultRunTimeMs, findScenarios } from './load/find-scenarios.ts';
import { createRoom } from './room/room.ts';
import { createControlRoomServer } from './server.ts';
import { createProxyAdmin } from './stack/proxy-admin.ts';

/** What the process that runs the control room is. */
export type ProcessFacts = {
  readonly userId: number;
  readonly nodeVersion: string;
  /** The path of node. */
  readonly execPath: string;
  /** The path of the command `experiment`. */
  readonly experimentProgram: string;
  /** The processor time in seconds that this process has used, with all its threads. */
  readonly cpuSeconds: () => number;
};

/** Starts the control room on loopback. Its `stop` ends a running load and closes all pages. */
export const startControlRoom = async (
  config: ControlRoomConfig,
  { logger, clock }: Pick<CliContext, 'logger' | 'clock'>,
  { userId, nodeVersion, execPath, experimentProgram, cpuSeconds }: ProcessFacts,
): Promise<RunningService> => {
  const { lab, labFolder, target, adminUrl, policies, service, stateDir, page, port } = config;
  const scenarios = await findScenarios(labFolder);
  const url = new URL(target);
  const [first] = scenarios;
  const admin = createProxyAdmin(adminUrl);
  const room = createRoom({
    facts: {
      ...{ lab, host: target, service },
      policies,
      scenarios: scenarios.map(({ name, title }) => ({ name, title })),
      defaults: {
        scenario: first?.name ?? '',
        model: { kind: 'closed', users: 50, spawnRate: 10 },
        runTimeMs: first?.usualRunTimeMs ?? defaultRunTimeMs,
      },
    },
    target: { hostname: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 80) },
    moduleOf: (wanted) => {
      const found = scenarios.find(({ name }) => name === wanted);
      if (!found) throw new Error(`There is no scenario ${wanted} in the lab ${lab}.`);
      return found.module;
    },
    socketPath: stackSocketPath(stateDir, userId),
    ...{ admin, clock, cpuSeconds, nodeVersion, execPath, experimentProgram, now: Date.now },
  });
  const undo = createShutdownStack();
  try {
    undo.push('the room', room.close);
    const readiness = createReadiness();
    const server = createControlRoomServer({
      ...{ room, admin, page, readiness, logger, clock },
      experiments: listExperiments(labFolder),
    });
    const listening = await server.listen({ host: 'localhost', port });
    undo.push('the listener', () => server.stop({ drainDelayMs: 0, graceMs: 1000 }));
    undo.push('the pages', async () => room.pages.close());
    logger.info('control room listens', { url: listening.url });
    return { url: listening.url, stop: () => undo.unwind() };
  } catch (error) {
    await undo.unwind();
    throw error;
  }
};
