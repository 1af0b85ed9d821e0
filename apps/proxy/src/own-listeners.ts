import { isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';

type Address = { readonly hostname: string; readonly port: number };

const loopbacks: readonly string[] = ['localhost', '127.0.0.1', '::1'];
const unspecified: readonly string[] = ['0.0.0.0', '::'];

const isLocal = (hostname: string): boolean =>
  loopbacks.includes(hostname) ||
  unspecified.includes(hostname) ||
  (isIPv4(hostname) && hostname.startsWith('127.')) ||
  Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === hostname));

/** Whether a connection to `hostname` reaches a listener on `host`. Names other than `localhost` are not resolved. */
const isReachedAt = (host: string, hostname: string): boolean => {
  if (host === hostname) return true;
  if (unspecified.includes(host)) return isLocal(hostname);
  // A connection to an unspecified address goes to the loopback address.
  if (host === 'localhost' || hostname === 'localhost' || unspecified.includes(hostname))
    return loopbacks.includes(host) && (loopbacks.includes(hostname) || unspecified.includes(hostname));
  return false;
};

/**
 * The addresses that the proxy itself listens on. An upstream at one of them would forward each request to the proxy
 * again.
 */
export class OwnListeners {
  readonly #listeners: { readonly host: string; readonly port: number }[] = [];

  add(host: string, port: number): void {
    this.#listeners.push({ host, port });
  }

  includes({ hostname, port }: Address): boolean {
    return this.#listeners.some((one) => one.port === port && isReachedAt(one.host, hostname));
  }
}
