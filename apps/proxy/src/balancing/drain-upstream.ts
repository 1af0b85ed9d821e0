import type { Logger } from '@tripod/shared/logging/logger';
import type { Upstream } from './upstream.ts';
import type { UpstreamPool } from './upstream-pool.ts';

/** Gives an upstream no more requests, and says when the last one has ended. */
export const drainUpstream = (upstream: Upstream, pool: UpstreamPool, logger: Logger): void =>
  upstream.setDraining(true, () =>
    logger.info('upstream has drained', { upstream: upstream.id, pool: pool.name }),
  );
