import type { IncomingMessage, ServerResponse } from 'node:http';
import { allowOrigins, type CorsPolicy } from './allow-origins.ts';

/** The headers that every answer to a page of this origin has, as names and values in turns. */
export type StandingHeaders = (origin: string | undefined) => readonly string[];

/** Sets headers that are given as names and values in turns. */
export const setHeaders = (response: ServerResponse, headers: readonly string[]): void => {
  for (let at = 0; at < headers.length; at += 2) response.setHeader(headers[at] ?? '', headers[at + 1] ?? '');
};

/** What a browser guesses from the bytes of an answer could be run as a script (Fetch, X-Content-Type-Options). */
const noSniff = ['X-Content-Type-Options', 'nosniff'] as const;

/** Middleware: the standing headers other than those of CORS. X-Served-By names the copy, so that balancing is seen. */
export const addStandingHeaders = (servedBy: () => string | undefined) =>
  function addHeaders(_request: IncomingMessage, response: ServerResponse, next: () => void): void {
    const name = servedBy();
    setHeaders(response, name === undefined ? noSniff : [...noSniff, 'X-Served-By', name]);
    next();
  };

/** Takes the headers from the cors package itself, so that fast answers and others can't differ. */
const corsHeadersFor = (policy: CorsPolicy, origin: string | undefined): readonly string[] => {
  const headers = new Map<string, string>();
  const response = {
    getHeader: (name: string) => headers.get(name),
    setHeader: (name: string, value: string) => headers.set(name, value),
    end: () => undefined,
  };
  allowOrigins(policy)({ method: 'GET', headers: { origin } }, response, () => undefined);
  return [...headers, noSniff].flat();
};

/** Computes the headers once for each origin that is allowed, and once for all others. The name may come later. */
export const createStandingHeaders = (
  policy: CorsPolicy,
  servedBy: () => string | undefined,
): StandingHeaders => {
  const { origins } = policy;
  const others = corsHeadersFor(policy, undefined);
  const allowed = new Map(origins.map((origin) => [origin, corsHeadersFor(policy, origin)]));
  const all = origins.includes('*');
  return (origin) => {
    const cors = (!all && origin !== undefined && allowed.get(origin)) || others;
    const name = servedBy();
    return name === undefined ? cors : [...cors, 'X-Served-By', name];
  };
};
