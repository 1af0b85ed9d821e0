import { get } from 'node:http';
import type { Settings } from '../config/settings.ts';
import { StartError } from '../errors/start-error.ts';

/** The subcommand of every service that listens, in the form that `runCli` and the documentation take. */
export const healthcheckCommands = {
  healthcheck: 'Asks the running service for /readyz, and exits: 0 when it is ready, 1 when not',
} as const;

/** Whether the service has a port that `checkHealth` can ask. */
export const isListening = (settings: Settings): boolean => 'port' in settings;

/** A container engine ends a health check after its own limit; this one is shorter, so that a reason is printed. */
const timeoutMs = 4000;

/** An answer of /readyz is a short JSON object. The rest of a longer one is not printed. */
const maxReasonBytes = 1000;

const wildcards: ReadonlySet<unknown> = new Set(['localhost', '0.0.0.0', '::']);

/** The settings that tell where a service listens. The proxy has its operational paths on its admin port. */
type ListeningConfig = {
  readonly host?: string;
  readonly port?: number;
  readonly adminHost?: string;
  readonly adminPort?: number;
};

/**
 * Returns the URL of `/readyz` of the service that runs on this machine with the same settings. Throws a StartError for
 * port 0, which leaves open where the service listens.
 */
export const readyUrlOf = ({ host, port, adminHost, adminPort }: ListeningConfig): string => {
  const onAdmin = adminPort !== undefined;
  const asked = onAdmin ? adminPort : port;
  const address = (onAdmin ? adminHost : host) ?? 'localhost';
  if (!asked) {
    throw new StartError(
      `${onAdmin ? '--admin-port' : '--port'} is 0, so the port of the running service is unknown; give healthcheck the port that it listens on.`,
    );
  }
  const name = wildcards.has(address) ? '127.0.0.1' : address;
  return `http://${name.includes(':') ? `[${name}]` : name}:${asked}/readyz`;
};

/** Asks `/readyz` of the running service. Throws a StartError with the reason when it is not ready within 4 s. */
export const checkHealth = (config: ListeningConfig): Promise<void> => {
  const url = readyUrlOf(config);
  return new Promise((resolve, reject) => {
    const fail = (what: string): void => reject(new StartError(`${url} ${what}`));
    const request = get(url, { agent: false, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      if (response.statusCode === 200) {
        response.resume();
        resolve();
        return;
      }
      let reason = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        reason = `${reason}${piece}`.slice(0, maxReasonBytes);
      });
      response.on('end', () => fail(`answered ${response.statusCode}: ${reason.trim()}`));
      response.on('error', () => fail(`answered ${response.statusCode}, and the connection broke`));
    });
    request.on('error', (error: NodeJS.ErrnoException) =>
      fail(
        error.name === 'AbortError'
          ? `did not answer within ${timeoutMs} ms`
          : `can't be reached: ${error.code ?? error.message}`,
      ),
    );
  });
};
