import {
  plainResponse,
  type ScriptedUpstream,
  startScriptedUpstream,
  type UpstreamScript,
} from '@tripod/shared/testing/scripted-upstream';

const started = new Set<ScriptedUpstream>();

/** A scripted upstream that ends with the test (see `stopUpstreams`). By default it says `hello`. */
export const runUpstream = async (
  script: UpstreamScript = (socket) => void socket.write(plainResponse('hello')),
): Promise<ScriptedUpstream> => {
  const upstream = await startScriptedUpstream(script);
  started.add(upstream);
  return upstream;
};

/**
 * An address where nothing listens any more. Its port is below those that systems hand out: nobody else, such as a test
 * that runs at the same time, comes to listen there.
 */
export const refusingUpstream = async (): Promise<ScriptedUpstream> => {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    try {
      const upstream = await startScriptedUpstream(() => undefined, port);
      await upstream.stop();
      return upstream;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
};

export const stopUpstreams = async (): Promise<void> => {
  const all = [...started];
  started.clear();
  await Promise.all(all.map((upstream) => upstream.stop()));
};
