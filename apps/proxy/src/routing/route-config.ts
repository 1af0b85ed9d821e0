import type { PolicyName } from '../balancing/policy-table.ts';
import type { HostHeader } from './route-table.ts';

/** An upstream as it is configured. */
export type UpstreamConfig = {
  readonly url: URL;
  readonly weight: number;
  /** Infinity: no limit. */
  readonly maxInFlight: number;
};

/** A pool as it is configured. */
export type PoolConfig = {
  readonly name: string;
  readonly upstreams: readonly UpstreamConfig[];
  /** Undefined: the policy of the proxy. */
  readonly policy?: PolicyName;
};

/** A route as it is configured: where it begins, and which pool it asks. */
export type RouteConfig = {
  readonly prefix: string;
  readonly stripPrefix: boolean;
  readonly pool: PoolConfig;
  readonly hostHeader: HostHeader;
  /** Undefined: the limit of the proxy. */
  readonly maxBodyBytes?: number;
};

/** A prefix ends in a slash and holds nothing that could be written in two ways. */
export const prefixPattern = '^/(?:[\\w.~-]+/)*$';

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

/** The name of a prefix's pool; where another has it (`/a/b/`, `/a-b/`), `a-b-2`. Takes it. */
export const takePoolName = (prefix: string, taken: Set<string>): string => {
  const plain = poolNameOf(prefix);
  let name = plain;
  for (let number = 2; taken.has(name); number += 1) name = `${plain}-${number}`;
  taken.add(name);
  return name;
};

/**
 * Reads `PREFIX=URL[,URL…]`. Throws an Error whose message goes on from the name of the flag: "must be …, and is …".
 */
export const parseRoute = (text: string): { readonly prefix: string; readonly upstreams: readonly URL[] } => {
  const equals = text.indexOf('=');
  const prefix = text.slice(0, equals === -1 ? 0 : equals);
  if (equals === -1 || !new RegExp(prefixPattern).test(prefix)) {
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
  return { prefix, upstreams };
};

/** Reads all routes of flags. Expects texts without `routeProblems`: throws on what they find. */
export const parseRoutes = (texts: readonly string[]): readonly RouteConfig[] => {
  const taken = new Set<string>();
  return texts.map((text) => {
    const { prefix, upstreams: urls } = parseRoute(text);
    const upstreams = urls.map((url) => ({ url, weight: 1, maxInFlight: Number.POSITIVE_INFINITY }));
    const pool = { name: takePoolName(prefix, taken), upstreams };
    return { prefix, stripPrefix: true, hostHeader: 'client', pool };
  });
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
