import { portSetting, serviceSettings } from '@tripod/shared/config/service-settings';
import { createHealthPaths } from '@tripod/shared/http/health-paths';
import { createReadiness } from '@tripod/shared/http/readiness';
import { createStoppableServer } from '@tripod/shared/http/stoppable-server';
import { runCli } from '@tripod/shared/process/run-cli';

/**
 * A server that starts, checks, drains and stops as the API does, without its database. It reports each POST that it
 * has carried out to its parent process before it responds.
 */
await runCli({
  name: 'small-server',
  description: 'What stands behind the proxy in its tests.',
  settings: { port: portSetting(0), ...serviceSettings },
  examples: [],
  start: async ({ host, port }, { clock }) => {
    const readiness = createReadiness();
    const healthPaths = createHealthPaths({ readiness, metrics: undefined });
    const stoppable = createStoppableServer(
      (request, response) => {
        const health = healthPaths.get(request.url ?? '');
        if (health) {
          health(request, response);
          return;
        }
        let body = '';
        request.on('data', (piece: Buffer) => {
          body += piece.toString();
        });
        request.once('end', () => {
          const answer = (): void => void response.end('hello');
          if (request.method === 'POST') process.send?.({ posted: body }, answer);
          else answer();
        });
      },
      { readiness, clock },
    );
    const { url } = await stoppable.listen({ host, port });
    return { url, stop: (options) => stoppable.stop(options) };
  },
});
