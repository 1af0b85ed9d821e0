import { AppError } from '@tripod/shared/errors/app-error';
import { StartError } from '@tripod/shared/errors/start-error';
import type { CliContext } from '@tripod/shared/process/run-cli';
import { type ProxyConfig, type ProxySettings, parseProxyConfig } from './config.ts';
import { createHostIndex } from './routing/host-index.ts';
import { makeRoutes } from './routing/make-routes.ts';
import type { RedirectConfig, RouteConfig, RouteMatch } from './routing/route-config.ts';
import { createRouteTable } from './routing/route-table.ts';

type Asked = { readonly authority: string; readonly target: string };

/** `http://example.org/api/x`, `example.org/api/x` or `/api/x`, which stays as it is: no dot segment is removed. */
const parseAsked = (text: string): Asked => {
  const [, authority = '', target = ''] = /^(?:https?:\/\/)?([^/?#]*)(.*)$/i.exec(text) ?? [];
  return {
    authority: authority === '' ? 'localhost' : authority,
    target: target.startsWith('/') ? target : `/${target}`,
  };
};

const describeMatch = ({ host, prefix, exact }: RouteMatch): string =>
  `${host === undefined ? 'every host' : `host ${host}`}, ${exact ? 'exact path' : 'prefix'} ${prefix}`;

const isSame = (a: RouteMatch, b: RouteMatch): boolean =>
  a.host === b.host && a.prefix === b.prefix && a.exact === b.exact;

const describePolicy = (policy: unknown): string =>
  typeof policy === 'string' ? policy : JSON.stringify(policy);

const ruleNames = ['allow', 'deny', 'rateLimit', 'basicAuth', 'headers'] as const;

/** The lines about one URL. */
export const explainUrl = (
  text: string,
  config: ProxyConfig,
  { random, clock }: Pick<CliContext, 'clock'> & { readonly random: () => number },
): readonly string[] => {
  const asked = parseAsked(text);
  const routes = makeRoutes(config, {
    earlier: [],
    random,
    clock,
    stickyKey: Buffer.alloc(32),
    activeChecks: false,
    onRemoved: () => undefined,
  });
  const { redirects, privatePaths } = config;
  const table = createRouteTable({ routes, redirects, privatePaths }, 'explain');
  const candidates = createHostIndex<RouteConfig | RedirectConfig>([...config.routes, ...redirects])(
    asked.authority,
  );
  const lines: string[] = [`GET http://${asked.authority}${asked.target}`];
  const line = (name: string, value: string): void => void lines.push(`  ${name.padEnd(10)}${value}`);
  line('considers', candidates.map(describeMatch).join(' · ') || 'no route: none is for this host');
  try {
    const routing = table.route({ method: 'GET', ...asked, via: undefined });
    if (routing.kind === 'redirect') line('redirects', `${routing.status} to ${routing.location}`);
    if (routing.kind !== 'forward') return lines;
    const { route, target } = routing;
    line('route', `${describeMatch(route)} (the first of these that matches the path)`);
    const configured = config.routes.find((one) => isSame(one, route));
    const addresses = route.pool.upstreams.map(({ id }) => id).join(', ');
    line(
      'pool',
      `${route.pool.name}: ${describePolicy(configured?.pool.policy ?? config.policy)} over ${addresses}`,
    );
    line('sends', `GET ${target}`);
    const rules = ruleNames.filter((name) => configured?.[name] !== undefined);
    if (rules.length > 0) line('rules', rules.join(', '));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    line('answers', `${error.status} ${error.code}: ${error.detail ?? error.title}`);
  }
  return lines;
};

/** `proxy explain URL…`. Throws a StartError when no URL is given. */
export const explainUrls = async (
  settings: ProxySettings,
  { operands, print, clock }: Pick<CliContext, 'operands' | 'print' | 'clock'>,
): Promise<void> => {
  if (operands.length === 0) throw new StartError('explain needs a URL, such as http://localhost:8080/api/');
  const config = parseProxyConfig(settings);
  for (const text of operands) {
    for (const line of explainUrl(text, config, { random: () => 0, clock })) print(line);
  }
};
