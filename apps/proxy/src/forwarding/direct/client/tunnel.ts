import type { UpstreamConnection } from '../upstream/upstream-connection.ts';
import type { ResponseHead } from '../wire/response-head.ts';
import type { ExchangeClient } from './exchange-client.ts';

/** After one side has ended, the other has this long to follow. */
const closeTimeoutMs = 10_000;

/**
 * Passes the bytes of another protocol between a client and an upstream, no faster than the slower side takes them. A
 * side that ends is passed on; the tunnel is over when both have, or when the time for the other side is up.
 */
export class Tunnel {
  readonly #client: ExchangeClient;
  readonly #upstream: UpstreamConnection;
  readonly #idleTimeoutMs: () => number;
  #isEnding = false;

  /** `idleTimeoutMs`: a tunnel without bytes for so long ends; 0 for no limit. */
  constructor(client: ExchangeClient, upstream: UpstreamConnection, idleTimeoutMs: () => number) {
    this.#client = client;
    this.#upstream = upstream;
    this.#idleTimeoutMs = idleTimeoutMs;
    this.#expectBytes();
  }

  /** Confirms the upgrade to the client. `rest` are bytes of the upstream behind the head of its 101. */
  open(head: ResponseHead, rest: Buffer): void {
    this.#client.socket.write(`${head.text}Connection: Upgrade\r\nUpgrade: ${head.upgrade}\r\n\r\n`);
    if (rest.length > 0) this.#client.socket.write(Buffer.from(rest));
    const early = this.#client.openTunnel();
    if (early) this.onClientBytes(early);
  }

  onClientBytes(bytes: Buffer): void {
    this.#expectBytes();
    if (!this.#upstream.write(bytes)) this.#client.socket.pause();
  }

  onClientEnd(): void {
    this.#expectEnd();
    this.#upstream.endTunnel();
  }

  onUpstreamBytes(bytes: Buffer): void {
    this.#expectBytes();
    this.#client.socket.write(bytes);
  }

  onUpstreamEnd(): void {
    this.#expectEnd();
    this.#client.socket.end();
  }

  /** The time that was set has passed. Returns false if the tunnel is over. */
  onTimeout(): boolean {
    if (this.#isEnding) return false;
    this.onClientEnd();
    this.onUpstreamEnd();
    return true;
  }

  #expectBytes(): void {
    if (this.#isEnding) return;
    const limitMs = this.#idleTimeoutMs();
    this.#client.setTimeout(limitMs === 0 ? Number.POSITIVE_INFINITY : limitMs);
  }

  #expectEnd(): void {
    if (!this.#isEnding) this.#client.setTimeout(closeTimeoutMs);
    this.#isEnding = true;
  }
}
