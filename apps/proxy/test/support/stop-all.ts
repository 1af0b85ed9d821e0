import { stopNodeUpstreams } from './echo-upstream.ts';
import { stopProxies } from './run-proxy.ts';
import { stopUpstreams } from './upstreams.ts';

/** For afterEach: stops everything that the test started. Upstreams first, so that no proxy waits for them. */
export const stopAll = async (): Promise<void> => {
  await Promise.all([stopUpstreams(), stopNodeUpstreams()]);
  await stopProxies();
};
