/** A route as it is written in a flag: where it begins and whom it asks. */
export type RouteConfig = {
  readonly prefix: string;
  readonly poolName: string;
  readonly upstreams: readonly URL[];
};

/** An upstream's address. Throws an Error that begins with "must" when it is not http://host[:port]. */
export const parseUpstreamUrl = (text: string): URL => {
  if (/^https:/i.test(text))
    throw new Error(`must not name ${text}: upstreams over https are not supported yet`);
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Error(`must name upstreams as http://address:port, and names ${JSON.stringify(text)}`);
  }
  const plain =
    url.pathname === '/' &&
    url.search === '' &&
    url.hash === '' &&
    url.username === '' &&
    url.password === '';
  if (url.protocol !== 'http:' || url.hostname === '' || !plain) {
    throw new Error(
      `must name upstreams as http://address:port, without a path, and names ${JSON.stringify(text)}`,
    );
  }
  return url;
};

/** `/api/` → `api`, `/a/b/` → `a-b`, and `/`, where the pages come from, → `static`. */
const poolNameOf = (prefix: string): string => prefix.split('/').filter(Boolean).join('-') || 'static';

/**
 * Reads `PREFIX=URL[,URL…]`. Throws an Error whose message goes on from the name of the flag: "must be …, and is …".
 */
export const parseRoute = (text: string): RouteConfig => {
  const equals = text.indexOf('=');
  const prefix = text.slice(0, equals === -1 ? 0 : equals);
  if (equals === -1 || !/^\/(?:[\w.~-]+\/)*$/.test(prefix)) {
    throw new Error(
      `must be PREFIX=URL[,URL…] with a prefix that ends in a slash, such as /api/, and is ${JSON.stringify(text)}`,
    );
  }
  const upstreams = text
    .slice(equals + 1)
    .split(',')
    .map((one) => parseUpstreamUrl(one.trim()));
  const ids = upstreams.map(({ host }) => host);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice) throw new Error(`must not name the upstream ${twice} twice for ${prefix}`);
  return { prefix, poolName: poolNameOf(prefix), upstreams };
};

/** Reads all routes; two whose prefixes would give their pools one name (`/a/b/`, `/a-b/`) get `a-b` and `a-b-2`. */
export const parseRoutes = (texts: readonly string[]): readonly RouteConfig[] => {
  const routes: RouteConfig[] = [];
  for (const text of texts) {
    const route = parseRoute(text);
    const taken = new Set(routes.map(({ poolName }) => poolName));
    let { poolName } = route;
    for (let number = 2; taken.has(poolName); number += 1) poolName = `${route.poolName}-${number}`;
    routes.push({ ...route, poolName });
  }
  return routes;
};

/** What is wrong with each of these routes, and with them together. */
export const routeProblems = (texts: readonly string[]): readonly string[] => {
  const problems: string[] = [];
  const prefixes = new Set<string>();
  for (const text of texts) {
    try {
      const { prefix } = parseRoute(text);
      if (prefixes.has(prefix)) problems.push(`must not name the prefix ${prefix} twice`);
      prefixes.add(prefix);
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  return problems;
};
