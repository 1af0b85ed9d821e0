import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** A fault that a process injects into itself. */
export type InjectedFault =
  /** Every request waits before it is handled: `delayMs`, more or less by up to `jitterMs`. */
  | { readonly kind: 'slow'; readonly delayMs: number; readonly jitterMs: number }
  /** Its event loop does nothing for this time, as in a long synchronous call. It ends by itself. */
  | { readonly kind: 'block'; readonly ms: number }
  /** Its connections stay open, and nothing is answered on them. */
  | { readonly kind: 'cut' }
  /** This share of the requests, operational paths excepted, is answered with 500 FAULT_INJECTED. */
  | { readonly kind: 'fail'; readonly percent: number };

export type InjectedFaultKind = InjectedFault['kind'];

/** The HTTP server whose requests faults delay, fail or hold. */
export type FaultTarget = {
  readonly server: Server;
  /** The open connections. */
  connections(): Iterable<Socket>;
};
