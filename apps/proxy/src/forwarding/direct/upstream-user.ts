import type { AttemptFailure } from '../retry.ts';
import type { ResponseHead } from './response-head.ts';

/** The exchange that a connection works for. Called in the order: connected, answered, data…, ended. */
export type UpstreamUser = {
  connected(): void;
  /** A valid final response head came. `hasBody` false: `ended` follows. */
  answered(head: ResponseHead, hasBody: boolean): void;
  /** An interim response other than 100 (RFC 9110 15.2). */
  interim(head: ResponseHead): void;
  /** Bytes of the body, without their framing; good only until this returns, unless lent by `lend`. */
  data(bytes: Buffer, from: number, to: number): void;
  /** The response has ended by its own framing. */
  ended(): void;
  /** The bytes of one read have all been handed over. Returns false to get no more until `resume`. */
  flushed(): boolean;
  /** The upstream speaks another protocol from here on; `rest` already belongs to it. */
  upgraded(head: ResponseHead, rest: Buffer): void;
  /** No response head came. */
  failed(failure: AttemptFailure): void;
  /** The response broke off after its head. */
  brokeOff(): void;
  drained(): void;
};
