import { StartError } from '@tripod/shared/errors/start-error';
import type { Balancer } from '../balancer/balancer.ts';
import type { ProcessSpec, SupervisedProcess } from '../supervisor/supervised-process.ts';
import { choosePorts, type IsPortFree } from './choose-ports.ts';

/** Tells the person who asked what happens, as it happens. */
export type Say = (message: string) => void;

export type ApiCopiesOptions = {
  readonly supervise: (spec: ProcessSpec) => SupervisedProcess;
  /** The rest of the specification of a copy with that name and port. */
  readonly specOf: (name: string, port: number) => ProcessSpec;
  readonly balancer: () => Balancer;
  readonly firstPort: number;
  /** Ports of the rest of the stack. */
  readonly otherPorts: readonly number[];
  readonly isFree: IsPortFree;
};

const numberOf = ({ name }: SupervisedProcess): number => Number(name.slice('api-'.length));

/** The copies of the API server: how they come, go and are renewed without a request being lost. */
export class ApiCopies {
  readonly #options: ApiCopiesOptions;
  #copies: readonly SupervisedProcess[] = [];

  constructor(options: ApiCopiesOptions) {
    this.#options = options;
  }

  /** In the order of their names. */
  get all(): readonly SupervisedProcess[] {
    return this.#copies;
  }

  /** Makes so many more, each with the lowest free name and port, and starts none of them. */
  async make(count: number): Promise<readonly SupervisedProcess[]> {
    const { firstPort, otherPorts, isFree, supervise, specOf } = this.#options;
    const taken = [...otherPorts, ...this.#copies.map(({ spec }) => spec.port)];
    const ports = await choosePorts(count, { first: firstPort, taken, isFree });
    if (ports.length < count) {
      throw new StartError(
        `There are not enough free ports from ${firstPort} up; choose another --api-port.`,
      );
    }
    const names = new Set(this.#copies.map(({ name }) => name));
    const made = ports.map((port) => {
      let number = 1;
      while (names.has(`api-${number}`)) number += 1;
      names.add(`api-${number}`);
      return supervise(specOf(`api-${number}`, port));
    });
    this.#copies = [...this.#copies, ...made].sort((a, b) => numberOf(a) - numberOf(b));
    return made;
  }

  /** Starts, adds or removes copies until exactly so many run; the ones that do not run are the first to go. */
  async scale(count: number, say: Say): Promise<void> {
    const runs = ({ state }: SupervisedProcess): boolean => state === 'ready';
    const ranked = [...this.#copies.filter(runs), ...this.#copies.filter((copy) => !runs(copy))];
    if (ranked.length === count && ranked.every(runs)) say(`api: ${count} already run`);
    for (const copy of ranked.slice(count).reverse()) {
      if (copy.state !== 'stopped') await this.takeOut(copy, say);
      this.#forget(copy);
      say(`${copy.name}: removed`);
    }
    for (const copy of ranked.slice(0, count)) if (!runs(copy)) await this.bringIn(copy, say);
    while (this.#copies.length < count) {
      const made = await this.make(1);
      for (const copy of made) {
        try {
          await this.bringIn(copy, say);
        } catch (error) {
          this.#forget(copy);
          throw error;
        }
      }
    }
  }

  /** Start, serve, then requests. */
  async bringIn(copy: SupervisedProcess, say: Say): Promise<void> {
    say(`${copy.name}: starting on port ${copy.spec.port}`);
    await copy.start();
    await this.#options.balancer().add(copy.spec.port);
    say(`${copy.name}: ready, and gets requests`);
  }

  /** No more requests, wait for those in flight, then stop. */
  async takeOut(copy: SupervisedProcess, say: Say): Promise<void> {
    const balancer = this.#options.balancer();
    say(`${copy.name}: draining`);
    await balancer.drain(copy.spec.port);
    await balancer.remove(copy.spec.port);
    await copy.stop();
    say(`${copy.name}: stopped`);
  }

  /** Renews one copy. While it is away the others serve. */
  async renew(copy: SupervisedProcess, say: Say): Promise<void> {
    if (copy.state === 'ready') {
      say(`${copy.name}: draining`);
      await this.#options.balancer().drain(copy.spec.port);
    }
    await copy.stop();
    await this.bringIn(copy, say);
  }

  /** Renews one after the other: never is more than one away. Those that a person stopped stay down. */
  async renewAll(say: Say): Promise<void> {
    for (const copy of this.#copies.filter(({ state }) => state !== 'stopped')) await this.renew(copy, say);
  }

  #forget(copy: SupervisedProcess): void {
    this.#copies = this.#copies.filter((one) => one !== copy);
  }
}
