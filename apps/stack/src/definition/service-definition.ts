import type { Clock } from '@tripod/shared/async/clock';
import type { ConfigOf, Settings } from '@tripod/shared/config/settings';
import type { ProcessTable } from '@tripod/shared/os/process-table';
import type { Balancer } from '../balancer/balancer.ts';
import type { Route } from '../balancer/route.ts';
import type { Command } from '../supervisor/command.ts';
import type { JoinedService } from '../supervisor/joined-service.ts';
import type { Readiness } from '../supervisor/readiness.ts';

/** What a service may use of the stack it runs in. */
export type ServiceContext<S extends Settings = Settings> = {
  readonly checkout: string;
  /** The values of the service's own settings. */
  readonly config: ConfigOf<S>;
  readonly stateDir: string;
  /** A folder for files of this service, inside the state folder. It is not created. */
  readonly dir: string;
  /** The PATH of the person who started the stack. */
  readonly searchPath: string;
  /** The address of a service with a `url`, or of a joined one. Undefined when it is not part of the stack. */
  urlOf(service: string): string | undefined;
};

/** One process of a service. */
export type ServiceCopy<S extends Settings = Settings> = ServiceContext<S> & {
  /** `api-2`, or the name of the service when it has no replicas. */
  readonly name: string;
  /** 0 for a service that does not listen. */
  readonly port: number;
};

export type JoinContext<S extends Settings = Settings> = ServiceContext<S> & {
  readonly onProgress: (message: string) => void;
};

export type PrepareContext<S extends Settings = Settings> = JoinContext<S> & {
  /** The path of node. */
  readonly execPath: string;
  /** The variables that every process of the stack inherits. */
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Clock;
};

export type BalancerContext<S extends Settings = Settings> = ServiceContext<S> & {
  readonly routes: readonly Route[];
  /** The first port of the service that fills a pool. */
  readonly poolPort: (pool: string) => number;
  /** Whether the balancer's process serves. */
  readonly isReady: () => boolean;
  readonly clock: Clock;
  readonly table: ProcessTable;
};

/** How a service is run. */
export type ServiceRun<S extends Settings = Settings> =
  /** A process of ours or any other program; see `Command`. Called at each start of a process. */
  | {
      readonly type: 'process';
      readonly command: (copy: ServiceCopy<S>) => Command;
      /** The signal by which a process reads its configuration again. Default: it cannot, and has to be restarted. */
      readonly reloadSignal?: 'SIGHUP' | 'SIGUSR1' | 'SIGUSR2';
    }
  /** A process that balances over the pools of other services; the stack adds and removes their copies. */
  | { readonly type: 'balancer'; readonly create: (context: BalancerContext<S>) => Balancer }
  /** A service that another process runs; the stack joins and leaves it. */
  | { readonly type: 'joined'; readonly join: (context: JoinContext<S>) => Promise<JoinedService> };

/** Everything that the stack knows about a service. See README.md for an example. */
export type ServiceDefinition<S extends Settings = Settings> = {
  /** Lower-case letters and dashes. Copies are called NAME-1, NAME-2, … */
  readonly name: string;
  /** What it is, as the subject of a sentence: `The API server`. */
  readonly description: string;
  /** Flags of `stack up`. Two services may share a setting by using the same object. */
  readonly settings: (place: { readonly checkout: string }) => S;
  /** Default: it always runs. */
  readonly isEnabled?: (config: ConfigOf<S>) => boolean;
  /** Whether it is no part of the measured system, so that a budget has no share for it. Default: it is. */
  readonly isOutsideBudget?: true;
  /** Throws a ConfigError for values that do not fit together. */
  readonly check?: (config: ConfigOf<S>) => void;
  /** Settings that hold its ports; the first is the one it serves on, with replicas that of the first copy. */
  readonly ports: readonly (keyof S & string)[];
  /** The setting that holds the address to listen on. Default: the loopback addresses. */
  readonly host?: keyof S & string;
  /** The setting that holds the number of copies. Default: one process, which cannot be scaled. */
  readonly replicas?: keyof S & string;
  /** Its address for the environment of other services, which need it by its name. Default: none. */
  readonly url?: (config: ConfigOf<S>) => string;
  /** The pool that its processes fill, and the path prefix that is routed to it unless a config file has routes. */
  readonly pool?: { readonly name: string; readonly prefix: string };
  /** Makes what its processes need, such as files to serve, before any process of the stack starts. */
  readonly prepare?: (context: PrepareContext<S>) => Promise<void>;
  readonly run: ServiceRun<S>;
  /** Variables that are added to its environment. Passwords belong here, never in arguments. */
  readonly environment?: (context: ServiceContext<S>) => Readonly<Record<string, string | undefined>>;
  /**
   * Names of services that must be ready before it starts; they are stopped after it. A balancer needs the services
   * of its pools without naming them.
   */
  readonly needs: readonly string[];
  /**
   * How its processes are known to serve. Default: by IPC, which Node commands of ours do. Joined services have none.
   */
  readonly readiness?: (config: ConfigOf<S>) => Readiness;
  /** A path that is answered with 200 while it can serve, and else with 503 and reasons. `ps` shows them. */
  readonly healthPath?: string;
  /** Longest wait for its end when the whole stack stops. The reverse order of `needs` decides when it is asked to. */
  readonly stopGraceMs: number;
  /** Lines of the ready screen: a label and an address. */
  readonly addresses?: (copies: {
    readonly config: ConfigOf<S>;
    readonly ports: readonly number[];
    /** The address of the load balancer, or of the service itself when there is none. */
    readonly url: string;
  }) => readonly (readonly [label: string, address: string])[];
};

/** A definition of any settings, as the generic code handles it. */
export type AnyService = ServiceDefinition<Settings>;

/** Types a definition by its own settings, then hides them from the generic code. */
export const defineService = <const S extends Settings>(definition: ServiceDefinition<S>): AnyService =>
  definition as unknown as AnyService;
