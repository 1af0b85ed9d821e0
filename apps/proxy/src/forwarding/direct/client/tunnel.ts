import type { UpstreamConnection } from '../upstream/upstream-connection.ts';
import type { ClientSocket } from './client-socket.ts';

/** Passes the bytes of another protocol between a client and an upstream, no faster than the slower side takes them. */
export class Tunnel {
  readonly #client: ClientSocket;
  readonly #upstream: UpstreamConnection;

  constructor(client: ClientSocket, upstream: UpstreamConnection) {
    this.#client = client;
    this.#upstream = upstream;
  }

  onClientBytes(bytes: Buffer): void {
    if (!this.#upstream.write(bytes)) this.#client.pause();
  }

  onClientEnd(): void {
    this.#upstream.endTunnel();
  }

  onUpstreamBytes(bytes: Buffer): void {
    this.#client.write(bytes);
  }

  onUpstreamEnd(): void {
    this.#client.end();
  }
}
