import type { Logger } from '@tripod/shared/logging/logger';
import type { Upstream } from './upstream.ts';
import type { UpstreamPool } from './upstream-pool.ts';

/** Starts draining an upstream, and logs when its last request has ended. */
export const drainUpstream = (upstream: Upstream, pool: UpstreamPool, logger: Logger): void =>
  upstream.setDraining(true, () =>
    logger.info('upstream has drained', { upstream: upstream.id, pool: pool.name }),
  );
