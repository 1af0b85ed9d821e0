import type { UpstreamReport } from './balancer/balancer.ts';
import type { ProcessRow, StackReport } from './control/protocol.ts';
import { findUnreadiness } from './copies/ask-readiness.ts';
import type { Stack } from './stack.ts';
import type { StackDependencies } from './stack-dependencies.ts';
import type { SupervisedProcess } from './supervisor/supervised-process.ts';

/** The Postgres from npm, which belongs to its guard; one of DATABASE_URL is not the stack's to show. */
const describeDatabase = async (stateDir: string, { table }: StackDependencies): Promise<ProcessRow> => {
  const { findEmbeddedPostgres } = await import('@tripod/embedded-postgres/find-embedded-postgres');
  const { running, postgresPid: pid, port, restarts } = await findEmbeddedPostgres({ stateDir });
  return {
    name: 'postgres',
    pid,
    port,
    state: running ? 'ready' : 'stopped',
    reason: undefined,
    restarts,
    uptimeMs: undefined,
    memoryBytes: pid === undefined ? undefined : table.memoryOf([pid]).get(pid),
    upstream: undefined,
  };
};

/** The reason of an upstream that gets requests again is an old one. */
const describeUpstream = ({ state, inFlight, reason }: UpstreamReport): UpstreamReport => ({
  state,
  inFlight,
  ...(reason !== undefined && (state === 'unhealthy' || state === 'ejected') ? { reason } : {}),
});

/** What `ps` shows: the stack's own record of each process, with what the system and the proxy say of it now. */
export const reportStack = async (stack: Stack, dependencies: StackDependencies): Promise<StackReport> => {
  const { processes, copies, balancer, url, config } = stack;
  const memory = dependencies.table.memoryOf(processes.flatMap(({ pid }) => pid ?? []));
  const upstreams = await balancer.report().catch((): ReadonlyMap<number, UpstreamReport> => new Map());
  const describeProcess = async (process: SupervisedProcess): Promise<ProcessRow> => {
    const { name, pid, spec, state, restarts, uptimeMs } = process;
    const isCopy = copies.all.includes(process);
    const upstream = isCopy ? upstreams.get(spec.port) : undefined;
    const reason = isCopy && state === 'ready' ? await findUnreadiness(spec.port) : undefined;
    return {
      name,
      pid,
      port: spec.port,
      state: reason === undefined ? state : 'not ready',
      reason,
      restarts,
      uptimeMs: uptimeMs === undefined ? undefined : Math.round(uptimeMs),
      memoryBytes: pid === undefined ? undefined : memory.get(pid),
      upstream: upstream && describeUpstream(upstream),
    };
  };
  const rows = await Promise.all(processes.map(describeProcess));
  const database =
    config.databaseUrl === undefined ? [await describeDatabase(config.stateDir, dependencies)] : [];
  return { pid: dependencies.pid, url, proxy: config.proxy, processes: [...rows, ...database] };
};
