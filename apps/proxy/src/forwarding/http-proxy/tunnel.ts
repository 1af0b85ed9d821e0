import type { Socket } from 'node:net';

type TunnelOptions = {
  readonly client: Socket;
  readonly upstream: Socket;
  /** Called once, when both sides are closed. */
  readonly onClosed: () => void;
};

/**
 * Carries bytes of another protocol both ways until both sides have ended. The end of one side is passed on behind its
 * last bytes; a reset of one side, or an error, ends the other.
 */
class Tunnel {
  readonly #client: Socket;
  readonly #upstream: Socket;
  #open = 2;

  constructor({ client, upstream, onClosed }: TunnelOptions) {
    this.#client = client;
    this.#upstream = upstream;
    const closed = (): void => {
      this.#open -= 1;
      if (this.#open === 0) onClosed();
    };
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.setTimeout(0);
      // The agent makes connections that end as a whole.
      one.allowHalfOpen = true;
      one.on('error', () => one.destroy());
      one.once('close', () => {
        if (!one.readableEnded || !one.writableFinished) other.destroy();
        closed();
      });
      one.pipe(other);
    }
    if (client.destroyed || upstream.destroyed) this.destroy();
  }

  /** Cuts both sides off. */
  destroy(): void {
    this.#client.destroy();
    this.#upstream.destroy();
  }
}

/** The tunnels of an engine, so that none outlives it. */
export class Tunnels {
  readonly #open = new Set<Tunnel>();

  open(client: Socket, upstream: Socket, onClosed: () => void): void {
    const tunnel = new Tunnel({
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
