import type { ProcessRow, StackReport } from './control/protocol.ts';
import type { Stack } from './stack.ts';
import type { StackDependencies } from './stack-dependencies.ts';

/** What `ps` shows: the stack's own record of each process, with what the system and the proxy say of it now. */
export const reportStack = async (stack: Stack, dependencies: StackDependencies): Promise<StackReport> => {
  const { processes, copies, balancer, url, config } = stack;
  const memory = dependencies.table.memoryOf(processes.flatMap(({ pid }) => pid ?? []));
  const upstreams = await balancer.report().catch(() => new Map());
  const rows = processes.map((process): ProcessRow => {
    const { name, pid, spec, state, restarts, uptimeMs } = process;
    const upstream = copies.all.includes(process) ? upstreams.get(spec.port) : undefined;
    return {
      name,
      pid,
      port: spec.port,
      state,
      restarts,
      uptimeMs: uptimeMs === undefined ? undefined : Math.round(uptimeMs),
      memoryBytes: pid === undefined ? undefined : memory.get(pid),
      upstream: upstream && { state: upstream.state, inFlight: upstream.inFlight },
    };
  });
  return { pid: dependencies.pid, url, proxy: config.proxy, processes: rows };
};
