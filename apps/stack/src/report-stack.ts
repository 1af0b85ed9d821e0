import type { ProcessRow, StackReport } from './control/protocol.ts';
import type { Stack } from './stack.ts';
import type { StackDependencies } from './stack-dependencies.ts';

/** The Postgres from npm, which belongs to its guard; one of DATABASE_URL is not the stack's to show. */
const describeDatabase = async (stateDir: string, { table }: StackDependencies): Promise<ProcessRow> => {
  const { findEmbeddedPostgres } = await import('@tripod/embedded-postgres/find-embedded-postgres');
  const { running, postgresPid: pid, port } = await findEmbeddedPostgres({ stateDir });
  return {
    name: 'postgres',
    pid,
    port,
    state: running ? 'ready' : 'stopped',
    restarts: 0,
    uptimeMs: undefined,
    memoryBytes: pid === undefined ? undefined : table.memoryOf([pid]).get(pid),
    upstream: undefined,
  };
};

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
  const database =
    config.databaseUrl === undefined ? [await describeDatabase(config.stateDir, dependencies)] : [];
  return { pid: dependencies.pid, url, proxy: config.proxy, processes: [...rows, ...database] };
};
