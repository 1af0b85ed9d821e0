import type { Agent, IncomingMessage, ServerResponse } from 'node:http';
import type { Upstream } from '../../balancing/upstream.ts';
import type { Deadlines } from '../deadlines.ts';
import type { EngineConfig } from '../engine.ts';
import type { HardenedPackage } from './hardened-package.ts';
import type { Tunnels } from './tunnel.ts';

/** What all exchanges of this engine share. */
export type ForwardingParts = {
  readonly config: EngineConfig;
  readonly package: HardenedPackage;
  /** Keeps idle connections to upstreams. */
  readonly agent: Agent;
  /** Opens a connection for one request. */
  readonly freshAgent: Agent;
  readonly deadlines: Deadlines;
  /** The requests without a complete response. */
  readonly waiting: Set<{ leaveUnhealthy(upstream: Upstream): void }>;
  readonly isDraining: () => boolean;
  readonly tunnels: Tunnels;
  /** The pseudonym of this proxy in Via. */
  readonly viaName: string;
  /** The value of Strict-Transport-Security. */
  readonly hsts: string | undefined;
  /** Closes the connection after this response. */
  readonly closeAfter: (request: IncomingMessage, response: ServerResponse) => void;
};
