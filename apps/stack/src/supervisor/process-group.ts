import { StartError } from '@tripod/shared/errors/start-error';
import { choosePorts, type IsPortFree } from './choose-ports.ts';
import type { SupervisedProcess } from './supervised-process.ts';

/** Reports progress to the person who typed the command. */
export type Report = (message: string) => void;

/** How copies are moved in and out of a load balancer's pool. */
export type PoolMembership = {
  /** Adds a copy; resolves when it receives requests, or would if it were healthy. */
  add(port: number): Promise<void>;
  /** Sends the copy no new requests; resolves when none is in flight, or after the longest wait. */
  drain(port: number): Promise<void>;
  /** Removes a drained copy. */
  remove(port: number): Promise<void>;
};

export type Replicas = {
  /** How many copies to start. */
  readonly count: number;
  /** Largest number that `scale` accepts. */
  readonly maximum: number;
  /** The flag that sets the first port, for error messages. Undefined for copies that do not listen. */
  readonly portFlag: string | undefined;
};

export type GroupOptions = {
  /** Name of the service. Copies are called NAME-1, NAME-2, …; without replicas the only process has this name. */
  readonly name: string;
  readonly needs: readonly string[];
  readonly replicas: Replicas | undefined;
  /** The port of the only process, or the first port of the copies. */
  readonly port: number | undefined;
  readonly supervise: (name: string, port: number | undefined) => SupervisedProcess;
  readonly membership: PoolMembership | undefined;
  /** Longest wait when the whole stack stops. */
  readonly stopGraceMs: number;
  /** Ports of all other services. */
  readonly takenPorts: () => readonly number[];
  readonly isPortFree: IsPortFree;
};

const isReady = ({ state }: SupervisedProcess): boolean => state === 'ready';

/** The processes of one service: how they start, stop, and are scaled and restarted without losing a request. */
export class ProcessGroup {
  readonly name: string;
  readonly needs: readonly string[];
  readonly #options: GroupOptions;
  #processes: readonly SupervisedProcess[] = [];

  constructor(options: GroupOptions) {
    this.name = options.name;
    this.needs = options.needs;
    this.#options = options;
    if (!options.replicas) this.#processes = [options.supervise(options.name, options.port)];
  }

  /** In the order of their numbers. */
  get processes(): readonly SupervisedProcess[] {
    return this.#processes;
  }

  /** Undefined when the service is always one process. */
  get replicas(): Replicas | undefined {
    return this.#options.replicas;
  }

  get ports(): readonly number[] {
    return this.#processes.flatMap(({ spec }) => spec.port ?? []);
  }

  /**
   * Creates the configured number of copies without starting them. Call it for one group at a time: it chooses ports.
   */
  async prepare(): Promise<void> {
    const { replicas } = this.#options;
    if (replicas) await this.#createCopies(replicas.count);
  }

  /** Starts all processes at once, then adds them to their pool. Throws the first StartError. */
  async start(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.start()));
    for (const process of this.#processes) await this.#join(process);
  }

  async stop(): Promise<void> {
    const { stopGraceMs: graceMs } = this.#options;
    await Promise.all(this.#processes.map((process) => process.stop({ graceMs })));
  }

  killForGood(): void {
    for (const process of this.#processes) process.killForGood();
  }

  /**
   * Starts, adds or removes copies until exactly `count` run. Copies that do not run are removed first. Throws a
   * StartError when the service is a single process, or `count` is out of range.
   */
  async scale(count: number, report: Report): Promise<void> {
    const { name } = this;
    const { replicas } = this.#options;
    if (!replicas) throw new StartError(`${name} is always one process and cannot be scaled.`);
    if (!Number.isInteger(count) || count < 0 || count > replicas.maximum) {
      throw new StartError(
        `The number of copies of ${name} must be a whole number from 0 to ${replicas.maximum}.`,
      );
    }
    const ranked = [...this.#processes.filter(isReady), ...this.#processes.filter((one) => !isReady(one))];
    if (ranked.length === count && ranked.every(isReady)) {
      report(`${name}: ${count} ${count === 1 ? 'copy is' : 'copies are'} already running`);
    }
    for (const copy of ranked.slice(count).reverse()) {
      if (copy.state !== 'stopped') await this.takeOut(copy, report);
      this.#remove(copy);
      report(`${copy.name}: removed`);
    }
    for (const copy of ranked.slice(0, count)) if (!isReady(copy)) await this.bringIn(copy, report);
    while (this.#processes.length < count) {
      for (const copy of await this.#createCopies(1)) {
        try {
          await this.bringIn(copy, report);
        } catch (error) {
          this.#remove(copy);
          throw error;
        }
      }
    }
  }

  /** Starts a process; once it is ready, it receives requests. */
  async bringIn(process: SupervisedProcess, report: Report): Promise<void> {
    const { name, spec } = process;
    report(spec.port === undefined ? `${name}: starting` : `${name}: starting on port ${spec.port}`);
    await process.start();
    await this.#join(process);
    report(`${name}: ready${this.#options.membership ? ' and receiving requests' : ''}`);
  }

  /** Stops a process; one in a pool first receives no new requests and finishes those in flight. */
  async takeOut(process: SupervisedProcess, report: Report): Promise<void> {
    const { membership } = this.#options;
    const { name, spec } = process;
    // A paused process would not finish its requests.
    await process.faults.heal();
    if (membership && spec.port !== undefined) {
      report(`${name}: draining`);
      await membership.drain(spec.port);
      await membership.remove(spec.port);
    } else report(`${name}: stopping`);
    await process.stop();
    report(`${name}: stopped`);
  }

  /** Replaces a process by a new one on the same port. The other copies of a pool serve meanwhile. */
  async restart(process: SupervisedProcess, report: Report): Promise<void> {
    const { membership } = this.#options;
    const { name, spec } = process;
    await process.faults.heal();
    if (membership && spec.port !== undefined) {
      if (isReady(process)) {
        report(`${name}: draining`);
        await membership.drain(spec.port);
      }
    } else report(`${name}: stopping; it is unavailable until it is ready again`);
    await process.stop();
    await this.bringIn(process, report);
  }

  /** Restarts the processes one after the other, so that at most one is down. Stopped ones stay stopped. */
  async restartAll(report: Report): Promise<void> {
    const running = this.#processes.filter(({ state }) => state !== 'stopped');
    for (const process of running) await this.restart(process, report);
  }

  async #join({ spec }: SupervisedProcess): Promise<void> {
    if (spec.port !== undefined) await this.#options.membership?.add(spec.port);
  }

  /** Creates copies with the lowest free numbers and ports, without starting them. */
  async #createCopies(count: number): Promise<readonly SupervisedProcess[]> {
    const { name, supervise } = this.#options;
    const ports = await this.#choosePorts(count);
    const names = new Set(this.#processes.map((process) => process.name));
    const created = ports.map((port) => {
      let number = 1;
      while (names.has(`${name}-${number}`)) number += 1;
      names.add(`${name}-${number}`);
      return supervise(`${name}-${number}`, port);
    });
    const numberOf = (process: SupervisedProcess): number => Number(process.name.slice(name.length + 1));
    this.#processes = [...this.#processes, ...created].sort((a, b) => numberOf(a) - numberOf(b));
    return created;
  }

  async #choosePorts(count: number): Promise<readonly (number | undefined)[]> {
    const { name, port: first, replicas, takenPorts, isPortFree } = this.#options;
    if (first === undefined) return Array.from({ length: count }, () => undefined);
    const taken = [...takenPorts(), ...this.ports];
    const ports = await choosePorts(count, { first, taken, isFree: isPortFree });
    if (ports.length < count) {
      const flag = replicas?.portFlag ?? '';
      throw new StartError(
        `There are not enough free ports for ${name} from ${first} up; choose another ${flag}.`,
      );
    }
    return ports;
  }

  #remove(copy: SupervisedProcess): void {
    this.#processes = this.#processes.filter((one) => one !== copy);
  }
}
