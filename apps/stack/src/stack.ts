import { networkInterfaces } from 'node:os';
import type { Balancer } from './balancer/balancer.ts';
import { createProxyBalancer } from './balancer/proxy-balancer.ts';
import { writeStackState } from './control/state-file.ts';
import type { StateFolder } from './control/state-folder.ts';
import { ApiCopies } from './copies/api-copies.ts';
import { findNginx } from './nginx/find-nginx.ts';
import { createNginxBalancer } from './nginx/nginx-balancer.ts';
import type { Output } from './output/output.ts';
import { reachableHost } from './reachable-host.ts';
import type { UpConfig } from './settings.ts';
import type { StackDependencies } from './stack-dependencies.ts';
import { childEnvironment } from './supervisor/child-environment.ts';
import { createSpawnService } from './supervisor/spawn-service.ts';
import { type ProcessSpec, SupervisedProcess } from './supervisor/supervised-process.ts';

export type StackOptions = {
  readonly config: UpConfig;
  readonly dependencies: StackDependencies;
  readonly folder: StateFolder;
  readonly output: Output;
};

/** Longest waits when everything stops, together below the 15 s that a terminal or a system gives. */
const proxyGraceMs = 8000;
const serverGraceMs = 4000;

/** The processes of a stack and how they hang together; `startStack` brings them up. */
export class Stack {
  readonly config: UpConfig;
  readonly url: string;
  readonly proxy: SupervisedProcess;
  readonly staticServer: SupervisedProcess;
  readonly copies: ApiCopies;
  readonly balancer: Balancer;
  readonly #options: StackOptions;
  readonly #startedAt: string;
  #databaseUrl: string | undefined;
  #started = false;
  #stopping = false;

  constructor(options: StackOptions) {
    const { config, dependencies, folder } = options;
    const { commands, environment, clock, isPortFree } = dependencies;
    this.#options = options;
    this.config = config;
    this.url = `http://${reachableHost(config.host)}:${config.port}`;
    this.#startedAt = new Date(clock.wallMs()).toISOString();
    // Compiled once, a service starts in two thirds of the time: what a restart under load waits for.
    const cache = { NODE_COMPILE_CACHE: environment['NODE_COMPILE_CACHE'] ?? folder.compileCacheDir };
    const env = childEnvironment(environment, cache);
    this.balancer = this.#createBalancer(env);
    this.proxy = this.#supervise(this.balancer.spec);
    this.staticServer = this.#supervise({
      name: 'static-server',
      port: config.staticPort,
      env,
      command: () => commands.staticServer({ path: config.assets, port: config.staticPort }),
    });
    this.copies = new ApiCopies({
      supervise: (spec) => this.#supervise(spec),
      specOf: (name, port) => ({
        name,
        port,
        env: { ...env, ...(this.#databaseUrl === undefined ? {} : { DATABASE_URL: this.#databaseUrl }) },
        command: () => commands.apiServer({ name, port }),
      }),
      balancer: () => this.balancer,
      firstPort: config.apiPort,
      otherPorts: [config.port, config.staticPort, config.adminPort],
      isFree: isPortFree,
    });
  }

  get processes(): readonly SupervisedProcess[] {
    return [this.proxy, this.staticServer, ...this.copies.all];
  }

  /** Whether it has served: before that there is nothing to change. */
  get started(): boolean {
    return this.#started;
  }

  markStarted(): void {
    this.#started = true;
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  /** The address that copies made from now on are given. */
  useDatabase(url: string): void {
    this.#databaseUrl = url;
  }

  /** Proxy first, so that nobody is sent to a server that is gone; then all the others at once. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.proxy.stop({ graceMs: proxyGraceMs });
    await Promise.all(
      [this.staticServer, ...this.copies.all].map((one) => one.stop({ graceMs: serverGraceMs })),
    );
  }

  killAll(): void {
    this.#stopping = true;
    for (const process of this.processes) process.killForGood();
  }

  #createBalancer(env: Readonly<Record<string, string>>): Balancer {
    const { config, dependencies, folder } = this.#options;
    const { host, port, adminPort, policy, staticPort, apiPort: firstApiPort } = config;
    const { checkout, commands, clock, table, environment } = dependencies;
    const isReady = (): boolean => this.proxy.state === 'ready';
    if (config.proxy !== 'nginx') {
      const engine = config.proxy;
      return createProxyBalancer({
        commands,
        host,
        port,
        adminPort,
        engine,
        policy,
        staticPort,
        firstApiPort,
        env,
        clock,
        isReady,
      });
    }
    const nginx = findNginx(environment['PATH'] ?? '');
    const ipv6 = Object.values(networkInterfaces()).some((all) =>
      all?.some(({ address }) => address === '::1'),
    );
    const dir = folder.nginxDir;
    return createNginxBalancer({
      checkout,
      nginx,
      dir,
      host,
      port,
      staticPort,
      ipv6,
      env,
      clock,
      table,
      isReady,
    });
  }

  #supervise(spec: ProcessSpec): SupervisedProcess {
    const { dependencies, output } = this.#options;
    const { execPath, checkout, killGroup, clock } = dependencies;
    return new SupervisedProcess(spec, {
      spawn: createSpawnService({ execPath, workingDir: checkout, killGroup }),
      clock,
      onLine: output.line,
      onEvent: output.event,
      mayStart: () => !this.#stopping,
      onChange: (process) => this.#changed(process),
    });
  }

  #changed(process: SupervisedProcess): void {
    const { output } = this.#options;
    if (process === this.proxy && process.state === 'ready') {
      this.balancer.becameReady().catch((error: unknown) => {
        output.event('error', 'the proxy could not be told of the copies', { error });
      });
    }
    this.#keepState();
  }

  /** For a next start, should this process be killed. */
  #keepState(): void {
    const { dependencies, folder, output } = this.#options;
    try {
      writeStackState(folder.stateFile, {
        pid: dependencies.pid,
        url: this.url,
        proxy: this.config.proxy,
        startedAt: this.#startedAt,
        processes: this.processes.flatMap(({ name, pid, spec: { port }, command }) =>
          pid === undefined || !command ? [] : [{ name, pid, port, marks: [command.file, `--port ${port}`] }],
        ),
      });
    } catch (error) {
      output.event('warn', 'the state file can not be written', { error });
    }
  }
}
