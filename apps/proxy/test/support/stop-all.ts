import { stopNodeUpstreams } from './echo-upstream.ts';
import { stopProxies } from './run-proxy.ts';
import { stopUpstreams } from './upstreams.ts';

/** For afterEach: ends everything that the test started. Upstreams first: what waits for them is cut off with them. */
export const stopAll = async (): Promise<void> => {
  await Promise.all([stopUpstreams(), stopNodeUpstreams()]);
  await stopProxies();
};
