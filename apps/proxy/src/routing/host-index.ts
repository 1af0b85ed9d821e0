import type { RouteMatch } from './route-config.ts';

/** `Example.org.:8080` → `example.org`. */
const hostnameOf = (authority: string): string =>
  authority.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '');

/** How specific a host is: a name, then the wildcard with the longest name, then no host. */
const rankOf = ({ host }: RouteMatch): number => {
  if (host === undefined) return 0;
  return host.startsWith('*.') ? host.length : Number.MAX_SAFE_INTEGER;
};

const compareSpecificity = (a: RouteMatch, b: RouteMatch): number =>
  rankOf(b) - rankOf(a) ||
  Number(b.exact ?? false) - Number(a.exact ?? false) ||
  b.prefix.length - a.prefix.length;

/** Whether a route for `host` serves the name, or every name below the wildcard, `served`. */
const covers = (host: string | undefined, served: string): boolean => {
  if (host === undefined || host === served) return true;
  return host.startsWith('*.') && served.endsWith(host.slice(1));
};

/**
 * Creates a function that returns the routes that can serve an authority, the most specific first: those of its name,
 * of a wildcard above it (`*.example.org` has names of any depth below it, but not `example.org`), and those without
 * a host. The lists are made once, and without hosts there is one list.
 */
export const createHostIndex = <R extends RouteMatch>(
  routes: readonly R[],
): ((authority: string | undefined) => readonly R[]) => {
  const sorted = [...routes].sort(compareSpecificity);
  const everyHost = sorted.filter(({ host }) => host === undefined);
  const hosts = new Set(sorted.flatMap(({ host }) => host ?? []));
  if (hosts.size === 0) return () => everyHost;
  const byHost = new Map([...hosts].map((host) => [host, sorted.filter((one) => covers(one.host, host))]));
  return (authority) => {
    if (authority === undefined) return everyHost;
    const name = hostnameOf(authority);
    let found = byHost.get(name);
    for (let dot = name.indexOf('.'); !found && dot !== -1; dot = name.indexOf('.', dot + 1)) {
      found = byHost.get(`*${name.slice(dot)}`);
    }
    return found ?? everyHost;
  };
};
