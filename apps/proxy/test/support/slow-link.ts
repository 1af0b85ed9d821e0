import { connect, createServer, type Socket } from 'node:net';
import { listen } from '@tripod/shared/os/listen';

/** A link of low capacity between a proxy and its upstream, or between a client and the proxy. */
export type SlowLink = {
  readonly port: number;
  readonly url: string;
  /** Bytes delivered in both directions together. */
  readonly carried: number;
  /** Removes the limits. */
  speedUp(): void;
};

export type SlowLinkOptions = {
  /** The target port on 127.0.0.1. */
  readonly port: number;
  /** Bytes accepted per connection and direction before they are delivered. */
  readonly bytesPerTurn: number;
  /** Delay of each delivery. */
  readonly turnMs: number;
};

const running = new Set<() => Promise<void>>();

/** Stopped by `stopSlowLinks`. */
export const startSlowLink = async (options: SlowLinkOptions): Promise<SlowLink> => {
  const { port, bytesPerTurn, turnMs } = options;
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  let isSlow = true;
  let carried = 0;
  /** Accepts a small amount, and more when it was delivered, so that a faster sender waits. */
  const carry = (from: Socket, to: Socket): void => {
    const takeNext = (): void => {
      const available = from.readableLength;
      const piece = from.read(isSlow ? Math.min(bytesPerTurn, available) : available) as Buffer | null;
      if (piece === null) {
        from.once('readable', takeNext);
        return;
      }
      const passOn = (): void => {
        if (to.destroyed) return;
        carried += piece.length;
        if (to.write(piece)) takeNext();
        else to.once('drain', takeNext);
      };
      if (!isSlow) {
        passOn();
        return;
      }
      const timer = setTimeout(() => {
        timers.delete(timer);
        passOn();
      }, turnMs);
      timers.add(timer);
    };
    from.once('readable', takeNext);
    from.once('end', () => to.end());
  };
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    const far = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    keep(near);
    keep(far);
    carry(near, far);
    carry(far, near);
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
  });
  const listening = await listen(server, { host: '127.0.0.1', port: 0 });
  running.add(async () => {
    for (const timer of timers) clearTimeout(timer);
    for (const socket of sockets) socket.destroy();
    await listening.close();
  });
  return {
    port: listening.port,
    url: listening.url,
    get carried() {
      return carried;
    },
    speedUp: () => {
      isSlow = false;
    },
  };
};

export const stopSlowLinks = async (): Promise<void> => {
  const stops = [...running];
  running.clear();
  await Promise.all(stops.map((stop) => stop()));
};
