import { freePort } from '@tripod/testing/free-port';
import {
  plainResponse,
  type ScriptedUpstream,
  startScriptedUpstream,
  type UpstreamScript,
} from '@tripod/testing/scripted-upstream';

const started = new Set<ScriptedUpstream>();

/**
 * A scripted upstream that is stopped after the test (see `stopUpstreams`). The default script responds `hello`. Use
 * `freePort` for one that restarts.
 */
export const runUpstream = async (
  script: UpstreamScript = (socket) => void socket.write(plainResponse('hello')),
  port = 0,
): Promise<ScriptedUpstream> => {
  const upstream = await startScriptedUpstream(script, port);
  started.add(upstream);
  return upstream;
};

/** An address where nothing listens. Its port is reserved, so that no other test listens there either. */
export const refusingUpstream = async (): Promise<ScriptedUpstream> => {
  const upstream = await startScriptedUpstream(() => undefined, await freePort());
  await upstream.stop();
  return upstream;
};

export const stopUpstreams = async (): Promise<void> => {
  const all = [...started];
  started.clear();
  await Promise.all(all.map((upstream) => upstream.stop()));
};
