import type { UpstreamReport } from '../balancer/balancer.ts';
import { type MeasuredUse, measureUse } from '../budget/measure-use.ts';
import { findUnreadiness } from '../supervisor/find-unreadiness.ts';
import type { JoinedService } from '../supervisor/joined-service.ts';
import type { SupervisedProcess } from '../supervisor/supervised-process.ts';
import type { Stack } from './stack.ts';
import type { StackDependencies } from './stack-dependencies.ts';

/** One process of the stack, as `ps` shows it. */
export type ProcessRow = {
  readonly name: string;
  /** The service that the process belongs to. */
  readonly service: string;
  readonly pid: number | undefined;
  readonly port: number | undefined;
  /** `not ready`: the process runs and reports that it cannot serve. `paused`: it is stopped by SIGSTOP. */
  readonly state: string;
  /** Why a process is not ready: `database: connection refused`. */
  readonly reason: string | undefined;
  /** The armed faults in words, such as `slow, 200 ms`. Undefined while there are none. */
  readonly fault: string | undefined;
  /** Undefined when the service's guard does not count them. */
  readonly restarts: number | undefined;
  readonly uptimeMs: number | undefined;
  readonly memoryBytes: number | undefined;
  /** What it uses of the budget, by its control group. Undefined where no budget is enforced. */
  readonly budget: MeasuredUse | undefined;
  /** What the load balancer reports about a copy. */
  readonly upstream: UpstreamReport | undefined;
};

/** What a running stack reports about itself. */
export type StackReport = {
  readonly pid: number;
  readonly url: string;
  /** The service that balances, or `none`. */
  readonly proxy: string;
  readonly started: boolean;
  readonly processes: readonly ProcessRow[];
  /** Addresses for people: a label and an address each. */
  readonly addresses: readonly (readonly [label: string, address: string])[];
  /** The services that can be scaled. */
  readonly scalable: readonly string[];
};

const describeJoined = async (
  name: string,
  { status }: JoinedService,
  { table }: StackDependencies,
  budget: MeasuredUse | undefined,
): Promise<readonly ProcessRow[]> => {
  if (!status) return [];
  const { running, pid, port, restarts } = await status();
  return [
    {
      name,
      service: name,
      pid,
      port,
      state: running ? 'ready' : 'stopped',
      reason: undefined,
      fault: undefined,
      restarts,
      uptimeMs: undefined,
      memoryBytes: pid === undefined ? undefined : table.memoryOf([pid]).get(pid),
      budget,
      upstream: undefined,
    },
  ];
};

/** Addresses in the configuration replace those of the services below the address of the whole system. */
const addressesOf = ({ plan, supervisor, config }: Stack): StackReport['addresses'] => {
  const ofServices = plan.services.flatMap(({ name, addresses }) => {
    const ports = supervisor.findGroup(name)?.ports ?? [];
    return addresses?.({ config: config as never, ports, url: plan.url }) ?? [];
  });
  if (!config.addresses) return ofServices;
  const configured = Object.entries(config.addresses).map(
    ([label, path]) => [label, `${plan.url}${path}`] as const,
  );
  return [...configured, ...ofServices.filter(([, address]) => !address.startsWith(`${plan.url}/`))];
};

/** Reports on the stack: its own record of each process, with what the system and the load balancer report now. */
export const reportStack = async (stack: Stack, dependencies: StackDependencies): Promise<StackReport> => {
  const { plan, supervisor, front, joined, groups } = stack;
  const names = [...joined.keys(), ...supervisor.processes.map(({ name }) => name)];
  const measuring = groups && measureUse(groups, names, dependencies.clock);
  const memory = dependencies.table.memoryOf(supervisor.processes.flatMap(({ pid }) => pid ?? []));
  const noReports: ReadonlyMap<number, UpstreamReport> = new Map();
  const upstreams = (await front?.balancer.report().catch(() => noReports)) ?? noReports;
  const uses = await measuring;

  const describeProcess = async (service: string, process: SupervisedProcess): Promise<ProcessRow> => {
    const { name, pid, state, restarts, uptimeMs } = process;
    const { port } = process.spec;
    const { healthPath } = plan.services.find((one) => one.name === service) ?? {};
    const { faults } = process;
    const isPaused = faults.has('pause');
    const asks = state === 'ready' && !isPaused && healthPath !== undefined && port !== undefined;
    const reason = asks ? await findUnreadiness(port, healthPath) : undefined;
    const isCopy = supervisor.findGroup(service)?.replicas !== undefined;
    return {
      name,
      service,
      pid,
      port,
      state: isPaused ? 'paused' : reason === undefined ? state : 'not ready',
      reason,
      fault: faults.description,
      restarts,
      uptimeMs: uptimeMs === undefined ? undefined : Math.round(uptimeMs),
      memoryBytes: pid === undefined ? undefined : memory.get(pid),
      budget: uses?.get(name),
      upstream: isCopy && port !== undefined ? upstreams.get(port) : undefined,
    };
  };

  const rowsOf = async (service: string): Promise<readonly ProcessRow[]> => {
    const joinedService = joined.get(service);
    if (joinedService) return describeJoined(service, joinedService, dependencies, uses?.get(service));
    const processes = supervisor.findGroup(service)?.processes ?? [];
    return Promise.all(processes.map((process) => describeProcess(service, process)));
  };
  const rows = await Promise.all(plan.services.map(({ name }) => rowsOf(name)));
  return {
    pid: dependencies.pid,
    url: plan.url,
    proxy: front?.name ?? 'none',
    started: stack.started,
    processes: rows.flat(),
    addresses: addressesOf(stack),
    scalable: supervisor.groups.filter(({ replicas }) => replicas).map(({ name }) => name),
  };
};
