import { createServer, type Server, type Socket } from 'node:net';

/** The port is in use, or the server can't listen on the address. The message says what to do. */
export class ListenError extends Error {
  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'ListenError';
  }
}

export type ListenOptions = {
  /** `localhost` means both loopback addresses, 127.0.0.1 and ::1. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The flag that changes the port, for the error message. Default `--port`. */
  readonly flag?: string;
};

export type Listening = {
  readonly port: number;
  /** The URL of the server without a trailing slash: `http://127.0.0.1:8080`. */
  readonly url: string;
  /**
   * Stops listening on every address. Connections that are open, or already in the accept queue, are kept. Resolves
   * when all of them have ended.
   */
  close(): Promise<void>;
};

const listenOnce = (server: Server, host: string, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 4096 }, () => {
      server.removeListener('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
  });

const maxTurns = 1000;

/**
 * Drains the accept queue of the kernel: waits until a whole turn of the event loop has accepted nothing. Clients in
 * the queue are already connected and may have sent a request, and closing the listener would reset them.
 */
const acceptWaiting = async (server: Server): Promise<void> => {
  let came = true;
  const onConnection = (): void => {
    came = true;
  };
  server.on('connection', onConnection);
  // The first turn may be half over, and one turn may accept only one.
  for (let turn = 0; turn < 2 || (came && turn < maxTurns); turn += 1) {
    came = false;
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
  server.off('connection', onConnection);
};

const explain = (error: unknown, { host, port, flag = '--port' }: ListenOptions): ListenError => {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return new ListenError(`Port ${port} is already in use; choose another one with ${flag}.`, error);
  }
  if (code === 'EACCES') {
    return new ListenError(
      `Port ${port} needs more rights than this user has; choose one above 1023 with ${flag}.`,
      error,
    );
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new ListenError(`This machine has no address ${host}; choose another one with --host.`, error);
  }
  return new ListenError(`Can not listen on ${host} port ${port}: ${(error as Error).message}`, error);
};

/** ::1 on the same port, handing its connections to the first server. Undefined on a machine without IPv6. */
const listenOnIpv6 = async (main: Server, port: number): Promise<Server | undefined> => {
  const second = createServer({ noDelay: true, allowHalfOpen: true }, (socket) =>
    main.emit('connection', socket),
  );
  try {
    await listenOnce(second, '::1', port);
    return second;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT' || code === 'EINVAL') return undefined;
    throw error;
  }
};

/** Closes the first server when ::1 can't be used, with every client that connected meanwhile. */
const listenOnIpv6OrClose = async (main: Server, port: number): Promise<Server | undefined> => {
  const accepted = new Set<Socket>();
  const onConnection = (socket: Socket): void => void accepted.add(socket);
  main.on('connection', onConnection);
  try {
    return await listenOnIpv6(main, port);
  } catch (error) {
    const ended = closed(main);
    for (const socket of accepted) socket.destroy();
    await ended;
    throw error;
  } finally {
    main.off('connection', onConnection);
  }
};

/**
 * Starts listening. Throws a ListenError with one sentence that names the port and the flag to change it. After a
 * failure nothing is left open.
 */
export const listen = async (server: Server, options: ListenOptions): Promise<Listening> => {
  const both = options.host === 'localhost';
  for (let tries = 1; ; tries += 1) {
    try {
      const port = await listenOnce(server, both ? '127.0.0.1' : options.host, options.port);
      const second = both ? await listenOnIpv6OrClose(server, port) : undefined;
      const host = both || options.host === '0.0.0.0' || options.host === '::' ? '127.0.0.1' : options.host;
      return {
        port,
        url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
        close: async () => {
          await acceptWaiting(server);
          await Promise.all([closed(server), second ? closed(second) : undefined]);
        },
      };
    } catch (error) {
      // The system chose a port that is free on 127.0.0.1 and in use on ::1: try another one.
      const again = options.port === 0 && (error as NodeJS.ErrnoException).code === 'EADDRINUSE' && tries < 5;
      if (!again) throw explain(error, options);
    }
  }
};
