import type { LookupFunction, Socket } from 'node:net';
import { MessageError, malformed } from '@tripod/http-wire/message-error';
import type { Upstream } from '../../../balancing/upstream.ts';
import { connectFailureOf } from '../../connect-failure.ts';
import { Deadline } from '../../deadlines.ts';
import { tcpKeepAlive } from '../../tcp-keep-alive.ts';
import { connectUpstream } from '../../upstream-socket.ts';
import { BatchedText, type WriteBatch } from '../wire/batched-text.ts';
import type { HeadCache } from '../wire/head-cache.ts';
import type { RequestHead } from '../wire/request-head.ts';
import type { ResponseHead } from '../wire/response-head.ts';
import { ReadBuffer, type ReadBuffers, type ReadExpectation } from './read-buffers.ts';
import { ResponseReader, type ResponseReceiver } from './response-reader.ts';

/** `idle` is between two exchanges. */
type Phase = 'connecting' | 'idle' | 'busy' | 'closed';

export type UpstreamConnectionOptions = {
  readonly upstream: Upstream;
  readonly buffers: ReadBuffers;
  readonly heads: HeadCache<ResponseHead>;
  readonly lookup: LookupFunction;
  readonly batch: WriteBatch;
  /** The connection may serve another request. */
  readonly onIdle: (connection: UpstreamConnection) => void;
  readonly onClosed: (connection: UpstreamConnection) => void;
};

/**
 * One socket to one upstream. Only this class writes, pauses or destroys it. It becomes idle only if the response ended
 * by its own framing, the whole request was written, no byte was left over and neither side announced a close. A byte
 * that arrives while it is idle destroys it.
 */
export class UpstreamConnection {
  readonly upstream: Upstream;
  /** Passes when the connection has been idle for too long. */
  readonly idleDeadline = new Deadline(() => this.destroy());
  readonly #options: UpstreamConnectionOptions;
  readonly #socket: Socket;
  readonly #buffer: ReadBuffer;
  readonly #text: BatchedText;
  readonly #reader: ResponseReader;
  /** Whether the connection has served a request before. */
  reused = false;
  /** Bytes of the current or last exchange: heads, framing and bodies. */
  bytesSent = 0;
  bytesReceived = 0;
  #phase: Phase = 'connecting';
  #receiver: ResponseReceiver | undefined;
  #requestWritten = false;
  #error: NodeJS.ErrnoException | undefined;
  #paused = false;

  constructor(options: UpstreamConnectionOptions) {
    this.#options = options;
    this.upstream = options.upstream;
    this.#buffer = new ReadBuffer(options.buffers);
    this.#reader = new ResponseReader(options.heads);
    const { hostname: host, port } = options.upstream;
    this.#socket = connectUpstream({
      host,
      port,
      noDelay: true,
      ...tcpKeepAlive,
      lookup: options.lookup,
      onread: {
        buffer: () => this.#buffer.next(this.#expectedRead()),
        callback: (length: number, buffer: Uint8Array) => this.#read(buffer as Buffer, length),
      },
    });
    this.#text = new BatchedText(this.#socket, options.batch);
    this.#socket.once('connect', () => {
      this.#phase = 'busy';
      this.#receiver?.onConnected();
    });
    this.#socket.on('drain', () => this.#receiver?.onUpstreamDrained());
    this.#socket.once('end', () => this.#ended());
    this.#socket.on('error', (error) => {
      this.#error = error;
    });
    this.#socket.once('close', () => this.#closed());
  }

  get isConnected(): boolean {
    return this.#phase === 'idle' || this.#phase === 'busy';
  }

  /** How long the upstream keeps the connection when it is idle, as it announced last; Infinity: it did not. */
  get announcedKeepAliveMs(): number {
    return this.#reader.keepAliveMs;
  }

  get isIdle(): boolean {
    return this.#phase === 'idle';
  }

  /** Begins an exchange: `receiver` gets the response to this request. */
  use(receiver: ResponseReceiver, request: RequestHead): void {
    if (this.#receiver || (this.#phase !== 'idle' && this.#phase !== 'connecting'))
      throw new Error(`UpstreamConnection: a request begins in the phase ${this.#phase}`);
    this.#receiver = receiver;
    this.#reader.begin(request);
    this.#requestWritten = false;
    this.bytesSent = 0;
    this.bytesReceived = 0;
    if (this.#phase === 'idle') this.#phase = 'busy';
  }

  /**
   * Writes a part of the request. Returns false when the upstream takes no more for now: `onUpstreamDrained` follows.
   */
  write(data: string | Buffer): boolean {
    this.bytesSent += data.length;
    if (typeof data === 'string') {
      this.#text.add(data);
      return !this.#socket.writableNeedDrain;
    }
    this.#text.flush();
    return this.#socket.write(data);
  }

  /** The whole request has been written. */
  requestWritten(): void {
    this.#requestWritten = true;
  }

  resume(): void {
    if (!this.#paused || this.#phase === 'closed') return;
    this.#paused = false;
    this.#socket.resume();
  }

  /** Borrows the bytes of the current read; the returned function gives them back. */
  lend(): () => void {
    return this.#buffer.lend();
  }

  /** Ends the client's side of the tunnel. */
  endTunnel(): void {
    this.#text.flush();
    this.#socket.end();
  }

  /** Closes the connection; the receiver gets no more calls. */
  destroy(): void {
    this.#receiver = undefined;
    this.#phase = 'closed';
    this.#socket.destroy();
  }

  #expectedRead(): ReadExpectation {
    const expected = this.#reader.expectedRead();
    // While the client takes nothing, a large buffer would lie idle.
    return expected === 'large' && this.#paused ? 'maybe-large' : expected;
  }

  #read(buffer: Buffer, length: number): boolean {
    this.bytesReceived += length;
    const receiver = this.#receiver;
    if (!receiver) {
      // Sent before any request, these bytes would become part of the response to the next one (CVE-2026-6733).
      this.destroy();
      return true;
    }
    try {
      if (this.#reader.part === 'head' && !this.#text.isEmpty)
        throw malformed('response', 'The response came before the request was sent.');
      const unread = this.#reader.read(buffer, length, receiver);
      if (this.#reader.part === 'none') {
        this.#endResponse(receiver, unread);
        return true;
      }
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      this.#fail(receiver);
      return true;
    }
    this.#paused = !receiver.onReadEnd();
    return !this.#paused;
  }

  /** Ends the response; `unread` bytes follow it in the last read. */
  #endResponse(receiver: ResponseReceiver, unread: number): void {
    this.#receiver = undefined;
    if (unread === 0 && !this.#reader.closes && this.#requestWritten) {
      this.#phase = 'idle';
      this.reused = true;
      // A paused socket would not notice that the upstream closes it.
      this.resume();
      this.#options.onIdle(this);
    } else this.destroy();
    receiver.onResponseEnd();
  }

  /** The response is malformed. */
  #fail(receiver: ResponseReceiver): void {
    const hasHead = this.#reader.part !== 'head';
    this.destroy();
    if (hasHead) receiver.onBrokenOff();
    else receiver.onFailure('invalid-head');
  }

  /** The upstream has ended its side of the connection. */
  #ended(): void {
    const receiver = this.#receiver;
    if (!receiver) this.destroy();
    else if (this.#reader.part === 'tunnel') receiver.onTunnelEnd();
    else if (this.#reader.end()) this.#endResponse(receiver, 0);
    else this.#socket.destroy();
  }

  #closed(): void {
    const wasConnected = this.isConnected;
    const receiver = this.#receiver;
    this.#buffer.release();
    this.#receiver = undefined;
    this.#phase = 'closed';
    this.#options.onClosed(this);
    if (!receiver) return;
    if (!wasConnected) receiver.onFailure(connectFailureOf(this.#error));
    else if (this.#reader.part === 'head') receiver.onFailure('broke');
    else receiver.onBrokenOff();
  }
}
