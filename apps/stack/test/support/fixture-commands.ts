import { join } from 'node:path';
import { type ServiceCommands, upstreamUrl } from '../../src/supervisor/service-commands.ts';

const file = join(import.meta.dirname, '../fixtures/service.ts');

/** The services of a stack, played by a small program. `apiMode` says how the copies behave. */
export const fixtureCommands = (apiMode = 'good'): ServiceCommands => ({
  apiServer: ({ name, port }) => ({ file, args: ['--name', name, '--port', `${port}`, '--mode', apiMode] }),
  staticServer: ({ port }) => ({ file, args: ['--name', 'static-server', '--port', `${port}`] }),
  proxy: ({ port, adminPort, apiPorts }) => ({
    file,
    args: [
      ...['--name', 'proxy', '--port', `${port}`, '--admin-port', `${adminPort}`],
      ...['--route', `/api/=${apiPorts.map(upstreamUrl).join(',')}`],
    ],
  }),
});
