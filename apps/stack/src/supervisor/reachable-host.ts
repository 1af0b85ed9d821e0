/** The address by which this machine reaches a server that listens on `host`, as in a URL: `127.0.0.1`, `[::1]`. */
export const reachableHost = (host: string): string => {
  if (host === 'localhost' || host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
};
