import { join } from 'node:path';

/** What is run, as `node OPTIONS… FILE ARGS…`. */
export type NodeCommand = {
  /** For node itself. Default none. */
  readonly options?: readonly string[];
  readonly file: string;
  readonly args: readonly string[];
};

export type ProxyInput = {
  readonly host: string;
  readonly port: number;
  readonly adminPort: number;
  readonly engine: string;
  readonly policy: string;
  readonly apiPorts: readonly number[];
  readonly staticPort: number;
};

/** How each service is started. A table, so that tests can put small services of their own in. */
export type ServiceCommands = {
  apiServer(input: { readonly name: string; readonly port: number }): NodeCommand;
  staticServer(input: { readonly path: string; readonly port: number }): NodeCommand;
  proxy(input: ProxyInput): NodeCommand;
};

export const upstreamUrl = (port: number): string => `http://127.0.0.1:${port}`;

/**
 * As in the scripts of package.json. Of answers that are large V8 would let far more garbage stand than the service
 * itself takes.
 */
const smallYoungHeap: readonly string[] = ['--max-semi-space-size=8'];

/** The services of the checkout, by their commands. What a flag does not say is the service's own default. */
export const createServiceCommands = (checkout: string): ServiceCommands => {
  const bin = (name: string): string => join(checkout, 'apps', name, 'bin', `${name}.js`);
  const logs = ['--log-format', 'json'];
  const always = ['--host', 'localhost', ...logs];
  return {
    apiServer: ({ name, port }) => ({
      options: smallYoungHeap,
      file: bin('api-server'),
      args: ['--port', `${port}`, '--name', name, ...always],
    }),
    staticServer: ({ path, port }) => ({
      options: smallYoungHeap,
      file: bin('static-server'),
      args: ['--path', path, '--port', `${port}`, ...always],
    }),
    proxy: ({ host, port, adminPort, engine, policy, apiPorts, staticPort }) => ({
      file: bin('proxy'),
      args: [
        ...['--host', host, '--port', `${port}`, '--admin-port', `${adminPort}`],
        ...['--engine', engine, '--policy', policy],
        ...['--route', `/api/=${apiPorts.map(upstreamUrl).join(',')}`],
        ...['--route', `/=${upstreamUrl(staticPort)}`],
        ...logs,
      ],
    }),
  };
};
