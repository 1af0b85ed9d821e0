import { Socket, type TcpNetConnectOpts } from 'node:net';

type Callback = (error?: Error | null) => void;

/**
 * A socket on which a failed write does not end reading. An upstream that responds early and closes (a 413 during an
 * upload) resets what is still being sent; its response has arrived by then and must be read. The failure shows on the
 * reading side, after the response.
 */
export class UpstreamSocket extends Socket {
  #hasWriteFailed = false;
  /** The stream has at most one write under way, so that one bound function serves them all. */
  #callback: Callback | undefined;

  override _write(chunk: unknown, encoding: BufferEncoding, callback: Callback): void {
    if (this.#hasWriteFailed) {
      callback();
      return;
    }
    this.#callback = callback;
    super._write(chunk, encoding, this.#onWritten);
  }

  override _writev(chunks: { chunk: unknown; encoding: BufferEncoding }[], callback: Callback): void {
    if (this.#hasWriteFailed) {
      callback();
      return;
    }
    this.#callback = callback;
    super._writev?.(chunks, this.#onWritten);
  }

  readonly #onWritten: Callback = (error) => {
    const callback = this.#callback;
    this.#callback = undefined;
    if (error) this.#hasWriteFailed = true;
    callback?.();
  };
}

/** Connects a socket to an upstream. */
export const connectUpstream = (options: TcpNetConnectOpts): UpstreamSocket => {
  const socket = new UpstreamSocket(options);
  socket.connect(options);
  return socket;
};
