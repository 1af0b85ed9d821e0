import type { AppError } from '@tripod/shared/errors/app-error';
import type { Deadlines } from '../deadlines.ts';
import type { EngineConfig } from '../engine.ts';
import type { ClientSocket } from './client-socket.ts';
import type { UpstreamConnections } from './upstream-connections.ts';
import type { UpstreamHeads } from './upstream-heads.ts';
import type { WriteBatch } from './write-batch.ts';

/** What all exchanges of this engine use together. */
export type DirectParts = {
  readonly config: EngineConfig;
  readonly connections: UpstreamConnections;
  readonly upstreamHeads: UpstreamHeads;
  readonly deadlines: Deadlines;
  readonly batch: WriteBatch;
  readonly isDraining: () => boolean;
  readonly dateLine: () => string;
};

/** The client's connection, as its exchange sees it. When its socket has drained, it tells the exchange so. */
export type ExchangeClient = {
  readonly socket: ClientSocket;
  readonly address: string;
  /** Tells the exchange by `late` when nothing has been set anew for so long; Infinity: never. */
  expect(inMs: number): void;
  /** The answer is complete. `close`: it was the last of this connection. */
  answered(close: boolean): void;
  /** An answer of ours instead of an upstream's; `isWhole`: where the request ends is known and has come. */
  refuse(error: AppError, isWhole: boolean): void;
  /** Bytes of another protocol go both ways from here on. */
  tunnel(onData: (bytes: Buffer) => void, onEnd: () => void): void;
};
