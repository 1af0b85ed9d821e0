/** Where a route sends its clients instead of forwarding their requests. */
export type Redirect = {
  /** The Location, in which `{host}`, `{uri}` and `{rest}` are replaced. */
  readonly to: string;
  /** Default 302. */
  readonly status?: number;
};

export const redirectStatuses = [301, 302, 303, 307, 308] as const;

/** An address or a path, in which `{uri}` and `{rest}` cannot name or continue the name of a server. */
export const redirectPattern =
  '^(?:https?://|/(?!/)|(?=\\{uri\\}))(?:[\\x21-\\x5b\\x5d-\\x7a|~]|\\{host\\}|(?<!/)\\{uri\\}|(?<=(?:^|[^/])/)\\{rest\\}){0,500}$';

/** The parts of a request that a redirect can use. */
export type RedirectFacts = {
  /** The Host header with its port; empty without one. */
  readonly authority: string;
  /** Path and query. */
  readonly target: string;
  /** The prefix, or the exact path, of the route. */
  readonly prefix: string;
};

/** The Location of a request; undefined when it would lead to a server that the rule does not name. */
export const findRedirectLocation = ({ to }: Redirect, facts: RedirectFacts): string | undefined => {
  const { authority, target, prefix } = facts;
  const values: Readonly<Record<string, string>> = {
    host: authority.replace(/:\d+$/, ''),
    uri: target,
    rest: target.slice(prefix.length),
  };
  const location = to.replace(/\{(host|uri|rest)\}/g, (_all, name: string) => values[name] ?? '');
  // `/{rest}` with a rest that begins with a slash would name another server.
  return location.startsWith('//') ? undefined : location;
};
