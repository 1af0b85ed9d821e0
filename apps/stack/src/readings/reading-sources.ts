import { findProcessUsage } from '@tripod/shared/os/process-usage';
import type { Balancer } from '../balancer/balancer.ts';
import type { JoinedService } from '../supervisor/joined-service.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';
import type { ReadingsOptions } from './readings.ts';
import type { ProcessSource } from './sampler.ts';

const describeJoined = async (name: string, { status }: JoinedService): Promise<readonly ProcessSource[]> => {
  if (!status) return [];
  const found = await status().catch(() => undefined);
  if (!found) return [{ name, service: name, state: 'not known' }];
  const { running, pid, port, restarts } = found;
  return [{ name, service: name, state: running ? 'ready' : 'stopped', pid, port, restarts }];
};

const listProcessSources = async (
  { groups }: Supervisor,
  joined: ReadonlyMap<string, JoinedService>,
): Promise<readonly ProcessSource[]> => {
  const own = groups.flatMap((group) =>
    group.processes.map((process): ProcessSource => {
      const { name, pid, state, restarts, faults, spec } = process;
      const isPaused = faults.has('pause');
      return {
        ...{ name, service: group.name, pid, port: spec.port, restarts },
        state: isPaused ? 'paused' : state,
        fault: faults.description,
        // Orders to a paused process would wait in its channel.
        measureLoop: isPaused ? async () => null : faults.measureLoop,
      };
    }),
  );
  const others = await Promise.all([...joined].map(([name, service]) => describeJoined(name, service)));
  return [...own, ...others.flat()];
};

/** Opens what samples of a stack are made from. */
export const openReadingSources = (
  supervisor: Supervisor,
  joined: ReadonlyMap<string, JoinedService>,
  front: { readonly name: string; readonly balancer: Balancer } | undefined,
): ReturnType<ReadingsOptions['openSources']> => {
  const { openStatistics } = [...joined.values()].find((one) => one.openStatistics) ?? {};
  return {
    processes: () => listProcessSources(supervisor, joined),
    usageOf: findProcessUsage,
    balancerName: front?.name,
    readBalancer: front?.balancer.read,
    database: openStatistics?.(),
  };
};
