import { connect } from 'node:net';
import { StartError } from '@tripod/shared/errors/start-error';
import { createLineSplitter } from '@tripod/shared/text/split-lines';
import type { ControlReply, ControlRequest } from './protocol.ts';

/** Nothing listens on the control socket. */
export class NotRunningError extends StartError {
  constructor(startCommand: string) {
    super(`No stack runs here. Start it with: ${startCommand}`);
    this.name = 'NotRunningError';
  }
}

export type AskOptions = {
  /** See `stackSocketPath`. */
  readonly socketPath: string;
  /** The command that starts a stack, for the error message. */
  readonly startCommand: string;
  readonly onProgress?: (message: string) => void;
  /** Called with each reading of a request that streams, such as `watch`. */
  readonly onReading?: (reading: unknown) => void;
  /** A stack that is silent for longer fails. Default: no limit, because a start or a drain may take long. */
  readonly timeoutMs?: number;
  /** Ends the request: its promise resolves with undefined. */
  readonly signal?: AbortSignal;
};

const connectionClosed = (cause?: unknown): StartError =>
  new StartError('The stack ended before it answered.', cause);

/** Sends a request to the running stack and returns its result. Throws a StartError with the reason when it fails. */
export const askStack = (
  request: ControlRequest,
  { socketPath, startCommand, timeoutMs = 0, signal, ...options }: AskOptions,
): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const { onProgress = () => undefined, onReading = () => undefined } = options;
    const socket = connect(socketPath);
    const lines = createLineSplitter((line) => {
      const reply = JSON.parse(line) as ControlReply;
      if (reply.type === 'progress') onProgress(reply.message);
      else if (reply.type === 'reading') onReading(reply.reading);
      else if (reply.type === 'done') resolve(reply.result);
      else reject(new StartError(reply.message));
    });
    const abort = (): void => {
      resolve(undefined);
      socket.destroy();
    };
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) abort();
    socket.setTimeout(timeoutMs, () => {
      reject(new StartError(`The stack does not answer within ${timeoutMs / 1000} s.`));
      socket.destroy();
    });
    socket.setEncoding('utf8');
    socket.once('connect', () => socket.write(`${JSON.stringify(request)}\n`));
    socket.on('data', (piece: string) => lines.add(piece));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') reject(new NotRunningError(startCommand));
      else if (error.code === 'EACCES')
        reject(new StartError('The stack that runs here belongs to another user.'));
      else reject(connectionClosed(error));
    });
    socket.once('close', () => {
      signal?.removeEventListener('abort', abort);
      reject(connectionClosed());
    });
  });
