import type { Socket } from 'node:net';
import { Deadline, type Deadlines } from '../deadlines.ts';
import type { EngineConfig } from '../engine.ts';

/** After one side has ended, the other has this long to follow. */
const closeTimeoutMs = 10_000;

type TunnelsOptions = {
  readonly config: Pick<EngineConfig, 'tunnelIdleTimeoutMs'>;
  readonly deadlines: Deadlines;
};

type TunnelOptions = TunnelsOptions & {
  readonly client: Socket;
  readonly upstream: Socket;
  /** Called once, when both sides are closed. */
  readonly onClosed: () => void;
};

/**
 * Passes the bytes of another protocol both ways until both sides have ended. The end of one side is passed on after
 * its last bytes, and the other has 10 s to follow; a reset of one side, or an error, ends the other.
 */
class Tunnel {
  readonly #client: Socket;
  readonly #upstream: Socket;
  readonly #options: TunnelsOptions;
  readonly #deadline = new Deadline(() => this.#onTimeout());
  #open = 2;
  #isEnding = false;

  constructor({ client, upstream, onClosed, ...options }: TunnelOptions) {
    this.#client = client;
    this.#upstream = upstream;
    this.#options = options;
    options.deadlines.add(this.#deadline);
    const closed = (): void => {
      this.#open -= 1;
      if (this.#open > 0) return;
      options.deadlines.remove(this.#deadline);
      onClosed();
    };
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.setTimeout(0);
      // The agent makes connections that end as a whole.
      one.allowHalfOpen = true;
      one.on('error', () => one.destroy());
      one.on('data', () => this.#expectBytes());
      one.once('end', () => this.#expectEnd());
      one.once('close', () => {
        if (!one.readableEnded || !one.writableFinished) other.destroy();
        closed();
      });
      one.pipe(other);
    }
    this.#expectBytes();
    if (client.destroyed || upstream.destroyed) this.destroy();
  }

  /** Closes both sides at once. */
  destroy(): void {
    this.#client.destroy();
    this.#upstream.destroy();
  }

  #expectBytes(): void {
    const limitMs = this.#options.config.tunnelIdleTimeoutMs;
    if (limitMs > 0 && !this.#isEnding) this.#options.deadlines.set(this.#deadline, limitMs);
  }

  #expectEnd(): void {
    if (!this.#isEnding) this.#options.deadlines.set(this.#deadline, closeTimeoutMs);
    this.#isEnding = true;
  }

  #onTimeout(): void {
    if (this.#isEnding) {
      this.destroy();
      return;
    }
    this.#client.end();
    this.#upstream.end();
    this.#expectEnd();
  }
}

/** The tunnels of an engine, so that none outlives it. */
export class Tunnels {
  readonly #options: TunnelsOptions;
  readonly #open = new Set<Tunnel>();

  constructor(options: TunnelsOptions) {
    this.#options = options;
  }

  open(client: Socket, upstream: Socket, onClosed: () => void): void {
    const tunnel = new Tunnel({
      ...this.#options,
      client,
      upstream,
      onClosed: () => {
        this.#open.delete(tunnel);
        onClosed();
      },
    });
    this.#open.add(tunnel);
  }

  destroyAll(): void {
    for (const tunnel of this.#open) tunnel.destroy();
  }
}
