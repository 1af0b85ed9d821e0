import { connect, type LookupFunction, type Socket } from 'node:net';
import type { Upstream } from '../../balancing/upstream.ts';
import { connectFailureOf } from '../connect-failure.ts';
import { Deadline } from '../deadlines.ts';
import type { AttemptFailure } from '../retry.ts';
import { ChunkedScanner } from './chunked-scanner.ts';
import type { HeadMemo } from './head-memo.ts';
import { malformed } from './header-lines.ts';
import { HeldText } from './held-text.ts';
import { MessageError } from './message-error.ts';
import { ReadBuffer, type ReadBuffers, smallBytes } from './read-buffers.ts';
import type { ResponseHead } from './response-head.ts';
import { ResponseReader } from './response-reader.ts';
import type { UpstreamUser } from './upstream-user.ts';
import type { WriteBatch } from './write-batch.ts';

type Phase = 'connecting' | 'idle' | 'head' | 'length' | 'chunked' | 'until-close' | 'tunnel' | 'closed';

export type UpstreamConnectionOptions = {
  readonly upstream: Upstream;
  readonly buffers: ReadBuffers;
  readonly heads: HeadMemo<ResponseHead>;
  readonly lookup: LookupFunction;
  readonly batch: WriteBatch;
  /** The connection may serve another request. */
  readonly onIdle: (connection: UpstreamConnection) => void;
  readonly onClosed: (connection: UpstreamConnection) => void;
};

/**
 * One socket to one upstream. Only this class writes, pauses or destroys it. It becomes idle only when its response ended by
 * its own framing, the request was written whole, nothing was left over and neither side said close; a byte that
 * comes while it is idle destroys it.
 */
export class UpstreamConnection {
  readonly upstream: Upstream;
  readonly #options: UpstreamConnectionOptions;
  readonly #socket: Socket;
  readonly #buffer: ReadBuffer;
  readonly #held: HeldText;
  readonly #reader: ResponseReader;
  /** When it has been idle for too long. */
  readonly idleDeadline = new Deadline(() => this.destroy());
  /** Whether it has served a request before. */
  reused = false;
  /** Bytes of the exchange that it works for, or worked for last: heads, framing and bodies. */
  bytesSent = 0;
  bytesReceived = 0;
  #phase: Phase = 'connecting';
  #user: UpstreamUser | undefined;
  #pending: Buffer | undefined;
  #left = 0;
  #scanner: ChunkedScanner | undefined;
  #isHead = false;
  #wantsUpgrade = false;
  #closes = false;
  /** The last response had a body that did not fit into a small buffer. */
  #wasLarge = false;
  #requestWritten = false;
  #error: NodeJS.ErrnoException | undefined;
  #paused = false;

  constructor(options: UpstreamConnectionOptions) {
    this.#options = options;
    this.upstream = options.upstream;
    this.#buffer = new ReadBuffer(options.buffers);
    this.#reader = new ResponseReader(options.heads);
    const { hostname: host, port } = options.upstream;
    this.#socket = connect({
      host,
      port,
      noDelay: true,
      lookup: options.lookup,
      onread: {
        buffer: () => this.#nextBuffer(),
        callback: (length: number, buffer: Uint8Array) => this.#read(buffer as Buffer, length),
      },
    });
    this.#held = new HeldText(this.#socket, options.batch);
    this.#socket.once('connect', () => {
      this.#phase = 'head';
      this.#user?.connected();
    });
    this.#socket.on('drain', () => this.#user?.drained());
    this.#socket.once('end', () => this.#upstreamEnded());
    this.#socket.on('error', (error) => {
      this.#error = error;
    });
    this.#socket.once('close', () => this.#closed());
  }

  get connected(): boolean {
    return this.#phase !== 'connecting' && this.#phase !== 'closed';
  }

  /** Takes it for one exchange. */
  use(user: UpstreamUser, isHead: boolean, wantsUpgrade: boolean): void {
    this.#user = user;
    this.#isHead = isHead;
    this.#wantsUpgrade = wantsUpgrade;
    this.#requestWritten = false;
    this.bytesSent = 0;
    this.bytesReceived = 0;
    if (this.#phase === 'idle') this.#phase = 'head';
  }

  /** Returns false when the upstream reads more slowly than we write: `drained` follows. */
  write(data: string | Buffer): boolean {
    this.bytesSent += data.length;
    if (typeof data === 'string') {
      this.#held.add(data);
      return true;
    }
    this.#held.sendHeld();
    return this.#socket.write(data);
  }

  /** The whole request has been written. */
  requestEnded(): void {
    this.#requestWritten = true;
  }

  resume(): void {
    if (!this.#paused || this.#phase === 'closed') return;
    this.#paused = false;
    this.#socket.resume();
  }

  /** The bytes just read are written on by reference. */
  lend(): () => void {
    return this.#buffer.lend();
  }

  /** Ends the tunnel's way to the upstream. */
  endTunnel(): void {
    this.#held.sendHeld();
    this.#socket.end();
  }

  /** Nobody wants it any more: its exchange is over, or it was idle for too long. */
  destroy(): void {
    this.#user = undefined;
    this.#socket.destroy();
  }

  #nextBuffer(): Buffer {
    const phase = this.#phase;
    if (phase === 'length') return this.#buffer.next(this.#left > smallBytes ? 'large' : 'small');
    if (phase === 'head' || phase === 'idle')
      return this.#buffer.next(this.#wasLarge ? 'maybe-large' : 'small');
    return this.#buffer.next(phase === 'connecting' || phase === 'closed' ? 'small' : 'large');
  }

  #read(buffer: Buffer, length: number): boolean {
    this.bytesReceived += length;
    let bytes = buffer;
    let end = length;
    if (this.#pending) {
      bytes = Buffer.concat([this.#pending, buffer.subarray(0, length)]);
      end = bytes.length;
      this.#pending = undefined;
    }
    const user = this.#user;
    try {
      this.#take(bytes, end);
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      this.#break('invalid-head');
      return true;
    }
    // An exchange that ended in this read has flushed already, and the connection may serve the next one.
    this.#paused = user !== undefined && this.#user === user && !user.flushed();
    return !this.#paused;
  }

  /** Takes the bytes before `end`; what lies behind is of an earlier read. */
  #take(bytes: Buffer, end: number): void {
    let index = 0;
    while (index < end) {
      const user = this.#user;
      switch (this.#phase) {
        case 'head':
          // The request has not left yet: whatever this answers, it is not that.
          if (!user || !this.#held.isEmpty) throw malformed('response', 'A response nobody asked for.');
          index = this.#takeHead(bytes, index, end, user);
          break;
        case 'length': {
          const to = Math.min(end, index + this.#left);
          this.#left -= to - index;
          user?.data(bytes, index, to);
          index = to;
          if (this.#left === 0) this.#finish(end - index);
          break;
        }
        case 'chunked': {
          const scanner = this.#scanner;
          index = scanner?.scan(bytes, index, end, (from, to) => user?.data(bytes, from, to)) ?? end;
          if (scanner?.done) this.#finish(end - index);
          break;
        }
        case 'until-close':
        case 'tunnel':
          user?.data(bytes, index, end);
          return;
        default:
          // A byte nobody asked for would become the answer to the next request (CVE-2026-6733).
          this.destroy();
          return;
      }
    }
  }

  #takeHead(bytes: Buffer, start: number, end: number, user: UpstreamUser): number {
    const head = this.#reader.read(bytes, start, end);
    if (!head) {
      // The buffer is read into again: what is kept is copied.
      this.#pending = Buffer.from(bytes.subarray(start, end));
      return end;
    }
    const { next } = this.#reader;
    if (head.status === 101) {
      if (!this.#wantsUpgrade || head.upgrade === undefined)
        throw malformed('response', 'A 101 nobody asked for.');
      this.#phase = 'tunnel';
      user.upgraded(head, bytes.subarray(next, end));
      return end;
    }
    if (head.status >= 200) this.#begin(head, user, end - next);
    else if (head.status !== 100) user.interim(head);
    return next;
  }

  /** Settles how the response ends (RFC 9112 6.3). */
  #begin(head: ResponseHead, user: UpstreamUser, unread: number): void {
    this.#closes = head.closes;
    const hasBody = !this.#isHead && head.status !== 204 && head.status !== 304 && head.length !== 0;
    if (!hasBody) {
      user.answered(head, false);
      this.#finish(unread);
      return;
    }
    this.#left = head.length;
    this.#wasLarge = head.length > smallBytes;
    this.#phase = head.chunked ? 'chunked' : head.length === -1 ? 'until-close' : 'length';
    this.#scanner = head.chunked ? new ChunkedScanner('response') : undefined;
    user.answered(head, true);
  }

  /** The response ended by its own framing, with so many bytes behind it. */
  #finish(unread: number): void {
    const user = this.#user;
    this.#user = undefined;
    this.#scanner = undefined;
    const mayStay = unread === 0 && !this.#closes && this.#requestWritten;
    if (mayStay) {
      this.#phase = 'idle';
      this.reused = true;
      // Paused for a slow client it would never notice that the upstream closes it.
      this.resume();
      this.#options.onIdle(this);
    } else {
      // What is left over belongs to nobody.
      this.#phase = 'closed';
      this.#socket.destroy();
    }
    user?.ended();
  }

  #break(failure: AttemptFailure): void {
    const user = this.#user;
    const answered = this.#phase === 'length' || this.#phase === 'chunked' || this.#phase === 'until-close';
    this.destroy();
    if (answered) user?.brokeOff();
    else user?.failed(failure);
  }

  #upstreamEnded(): void {
    if (this.#phase === 'until-close') {
      this.#closes = true;
      this.#finish(0);
    } else if (this.#phase === 'tunnel') this.#user?.ended();
    else this.#socket.destroy();
  }

  #closed(): void {
    const phase = this.#phase;
    const user = this.#user;
    this.#buffer.release();
    this.#user = undefined;
    this.#phase = 'closed';
    this.#options.onClosed(this);
    if (!user) return;
    if (phase === 'connecting') user.failed(connectFailureOf(this.#error));
    else if (phase === 'head') user.failed('broke');
    else user.brokeOff();
  }
}
