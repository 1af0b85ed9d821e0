import { join } from 'node:path';
import { flagOf } from '@tripod/shared/config/settings';
import type { Balancer } from '../balancer/balancer.ts';
import type { ControlGroups } from '../budget/control-groups.ts';
import { createProcessLimits, type ProcessLimits } from '../budget/process-limits.ts';
import { writeStackState } from '../control/state-file.ts';
import type { StateFolder } from '../control/state-folder.ts';
import { firstPortOf, numberOf } from '../definition/select-services.ts';
import type { AnyService, ServiceContext } from '../definition/service-definition.ts';
import { maxCopies, type StackConfig, serviceArguments } from '../definition/stack-settings.ts';
import type { Output } from '../output/output.ts';
import { openReadingSources } from '../readings/reading-sources.ts';
import { createReadings, type Readings } from '../readings/readings.ts';
import { childEnvironment } from '../supervisor/child-environment.ts';
import type { Command } from '../supervisor/command.ts';
import type { JoinedService } from '../supervisor/joined-service.ts';
import { type PoolMembership, ProcessGroup } from '../supervisor/process-group.ts';
import { createSpawnProcess } from '../supervisor/spawn-process.ts';
import { type ProcessSpec, SupervisedProcess } from '../supervisor/supervised-process.ts';
import { Supervisor } from '../supervisor/supervisor.ts';
import { recordProcesses } from './record-processes.ts';
import type { StackDependencies } from './stack-dependencies.ts';
import { needsOf, routedServices, type StackPlan } from './stack-plan.ts';

export type StackOptions = {
  readonly config: StackConfig;
  readonly plan: StackPlan;
  readonly dependencies: StackDependencies;
  readonly folder: StateFolder;
  readonly output: Output;
  /** The control groups of the budget. Undefined without a budget, or where it cannot be enforced. */
  readonly groups: ControlGroups | undefined;
};

/** The load balancer of a stack and the service that it belongs to. */
export type FrontBalancer = { readonly name: string; readonly balancer: Balancer };

/** The services of a stack, made from their definitions; `startStack` starts them. */
export class Stack {
  readonly config: StackConfig;
  readonly plan: StackPlan;
  readonly supervisor: Supervisor;
  /** Undefined when no service balances. */
  readonly front: FrontBalancer | undefined;
  readonly groups: ControlGroups | undefined;
  readonly readings: Readings;
  readonly #options: StackOptions;
  readonly #limits: ProcessLimits;
  readonly #startedAt: string;
  readonly #joined = new Map<string, JoinedService>();
  #started = false;
  #stopping = false;

  constructor(options: StackOptions) {
    const { config, plan, dependencies } = options;
    this.#options = options;
    this.config = config;
    this.plan = plan;
    this.groups = options.groups;
    this.#limits = createProcessLimits({
      ...{ budget: config.budget, groups: options.groups, table: dependencies.table },
      onFailure: (message) => options.output.event('warn', message),
      copiesOf: (service) => this.supervisor.findGroup(service)?.processes.length ?? 1,
    });
    this.#startedAt = new Date(dependencies.clock.wallMs()).toISOString();
    this.front = plan.front && this.#createFront(plan.front);
    this.readings = createReadings({
      clock: dependencies.clock,
      openSources: () => openReadingSources(this.supervisor, this.#joined, this.front),
      nameUpstream: (address) => this.nameUpstream(address),
    });
    const own = plan.services.filter(({ run }) => run.type !== 'joined');
    this.supervisor = new Supervisor(own.map((service) => this.#createGroup(service)));
  }

  /** The joined services, by name. */
  get joined(): ReadonlyMap<string, JoinedService> {
    return this.#joined;
  }

  /** The names of the services that this configuration does not start. */
  get absent(): readonly string[] {
    const { plan, dependencies } = this.#options;
    return dependencies.services.flatMap((service) => (plan.services.includes(service) ? [] : service.name));
  }

  /** Whether every service was ready once. Before that, commands that change the stack are refused. */
  get started(): boolean {
    return this.#started;
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  /** Joins the services that have guards of their own. `onJoined` is given each, to be left when the stack stops. */
  async join(onJoined: (name: string, service: JoinedService) => void): Promise<void> {
    const { plan, output } = this.#options;
    for (const service of plan.services) {
      if (service.run.type !== 'joined') continue;
      const joined = await service.run.join({
        ...this.#contextOf(service),
        onProgress: (message) => output.event('info', message),
      });
      this.#joined.set(service.name, joined);
      await this.#limits.limitJoined(service.name, joined);
      onJoined(service.name, joined);
    }
  }

  /** Makes what the processes of the services need. */
  async prepare(): Promise<void> {
    const { plan, dependencies, output } = this.#options;
    const { execPath, clock } = dependencies;
    const environment = this.#environmentWith({});
    const onProgress = (message: string): void => output.event('info', message);
    for (const service of plan.services) {
      await service.prepare?.({ ...this.#contextOf(service), execPath, environment, clock, onProgress });
    }
  }

  async start(): Promise<void> {
    await this.supervisor.start();
    this.#started = true;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.supervisor.stop();
  }

  /** Kills every process at once. */
  kill(): void {
    this.#stopping = true;
    this.supervisor.killForGood();
  }

  /** The name of the process that listens on an address such as `127.0.0.1:8081`, or else the address. */
  nameUpstream(address: string): string {
    const port = Number(address.slice(address.lastIndexOf(':') + 1));
    return this.supervisor.processes.find(({ spec }) => spec.port === port)?.name ?? address;
  }

  #contextOf({ name }: AnyService): ServiceContext {
    const { config, dependencies, folder } = this.#options;
    return {
      checkout: dependencies.checkout,
      // Each service reads the settings that it defines itself.
      config: config as never,
      stateDir: config.stateDir,
      dir: join(folder.stateDir, name),
      searchPath: dependencies.environment['PATH'] ?? '',
      urlOf: (service) => this.#urlOf(service),
    };
  }

  #urlOf(service: string): string | undefined {
    const { config, plan } = this.#options;
    const { url } = plan.services.find(({ name }) => name === service) ?? {};
    return url?.(config as never) ?? this.#joined.get(service)?.url;
  }

  #createFront(service: AnyService): FrontBalancer | undefined {
    const { config, plan, dependencies } = this.#options;
    const { clock, table } = dependencies;
    const { name, run } = service;
    if (run.type !== 'balancer') return undefined;
    const balancer = run.create({
      ...this.#contextOf(service),
      routes: plan.routes,
      poolPort: (pool) => {
        const filling = plan.services.find((one) => one.pool?.name === pool);
        return (filling && firstPortOf(filling, config)) ?? 0;
      },
      isReady: () => this.supervisor.findProcess(name)?.process.state === 'ready',
      clock,
      table,
    });
    return { name, balancer };
  }

  #createGroup(service: AnyService): ProcessGroup {
    const { config, plan, dependencies } = this.#options;
    const { name, replicas, ports, stopGraceMs } = service;
    return new ProcessGroup({
      name,
      needs: needsOf(service, plan),
      replicas:
        replicas === undefined
          ? undefined
          : {
              count: numberOf(config, replicas),
              maximum: maxCopies,
              portFlag: ports[0] === undefined ? undefined : flagOf(ports[0]),
            },
      port: firstPortOf(service, config),
      supervise: (processName, port) => this.#supervise(service, processName, port),
      membership: this.#membershipOf(service),
      stopGraceMs,
      takenPorts: () => this.#portsBeside(service),
      isPortFree: dependencies.isPortFree,
    });
  }

  #membershipOf(service: AnyService): PoolMembership | undefined {
    const { front } = this;
    const { plan } = this.#options;
    const pool = service.pool?.name;
    if (!front || pool === undefined || !routedServices(plan).includes(service)) return undefined;
    return {
      add: (port) => front.balancer.add(pool, port),
      drain: (port) => front.balancer.drain(pool, port),
      remove: (port) => front.balancer.remove(pool, port),
    };
  }

  /** Ports of all other services, also of those that do not run, and of the copies that do. */
  #portsBeside(service: AnyService): readonly number[] {
    const { config, dependencies } = this.#options;
    const configured = dependencies.services
      .filter((other) => other !== service && other.replicas === undefined)
      .flatMap(({ ports }) => ports.map((setting) => numberOf(config, setting)));
    return [...configured, ...this.supervisor.processes.flatMap(({ spec }) => spec.port ?? [])];
  }

  #commandOf(service: AnyService, name: string, port: number | undefined): Command {
    const { run } = service;
    const command =
      run.type === 'process'
        ? run.command({ ...this.#contextOf(service), name, port: port ?? 0 })
        : this.front?.balancer.command();
    if (!command) throw new Error(`${name} has no command`);
    const args = [...command.args, ...serviceArguments(this.config, service.name)];
    return this.#limits.limitHeap(service.name, { ...command, args });
  }

  #environmentWith(added: Readonly<Record<string, string | undefined>>): Record<string, string> {
    const { dependencies, folder } = this.#options;
    const { environment } = dependencies;
    // Without compiling again a service starts in two thirds of the time, which a restart under load waits for.
    const cache = environment['NODE_COMPILE_CACHE'] ?? folder.compileCacheDir;
    return childEnvironment(environment, { NODE_COMPILE_CACHE: cache, ...added });
  }

  #supervise(service: AnyService, name: string, port: number | undefined): SupervisedProcess {
    const { dependencies, output } = this.#options;
    const { execPath, checkout, signal, clock } = dependencies;
    const context = this.#contextOf(service);
    const spec: ProcessSpec = {
      name,
      port,
      command: () => this.#commandOf(service, name, port),
      env: () => this.#environmentWith(service.environment?.(context) ?? {}),
      readiness: service.readiness?.(context.config) ?? { type: 'ipc' },
    };
    const spawnAny = createSpawnProcess({ execPath, workingDir: checkout, signal, clock });
    return new SupervisedProcess(spec, {
      spawn: (options) => this.#limits.limit(service.name, name, spawnAny(options)),
      clock,
      onLine: (from, line) => {
        output.line(from, line);
        this.readings.line(from, line);
      },
      onEvent: output.event,
      onHappening: (kind, detail) => this.readings.record(kind, name, detail),
      mayStart: () => !this.#stopping,
      onChange: (process) => this.#onChange(process),
    });
  }

  #onChange(process: SupervisedProcess): void {
    const { output } = this.#options;
    if (process.name === this.front?.name && process.state === 'ready') {
      this.front.balancer.becameReady().catch((error: unknown) => {
        output.event('error', 'the copies could not be added to the load balancer', { error });
      });
    }
    this.#writeState();
  }

  /** Records the processes for the next start, in case this one is killed. */
  #writeState(): void {
    const { plan, dependencies, folder, output } = this.#options;
    const processes = recordProcesses(this.supervisor.processes, dependencies.table);
    try {
      writeStackState(folder.stateFile, {
        pid: dependencies.pid,
        url: plan.url,
        proxy: this.front?.name ?? 'none',
        startedAt: this.#startedAt,
        processes,
      });
    } catch (error) {
      output.event('warn', 'the state file cannot be written', { error });
    }
  }
}
