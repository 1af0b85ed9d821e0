import { allowOrigins } from './allow-origins.ts';

/** The headers that every answer to a page of this origin has, as names and values in turns. */
export type StandingHeaders = (origin: string | undefined) => readonly string[];

/** What the package says to a page of that origin: asked of the package itself, so that there is one truth. */
const corsHeadersFor = (origins: readonly string[], origin: string | undefined): readonly string[] => {
  const headers = new Map<string, string>();
  const response = {
    getHeader: (name: string) => headers.get(name),
    setHeader: (name: string, value: string) => headers.set(name, value),
    end: () => undefined,
  };
  allowOrigins(origins)({ method: 'GET', headers: { origin } }, response, () => undefined);
  return [...headers].flat();
};

/** Computes them once: for each origin that is allowed, and for all others. The name of the copy may come later. */
export const createStandingHeaders = (
  origins: readonly string[],
  servedBy: () => string | undefined,
): StandingHeaders => {
  const others = corsHeadersFor(origins, undefined);
  const allowed = new Map(origins.map((origin) => [origin, corsHeadersFor(origins, origin)]));
  const all = origins.includes('*');
  return (origin) => {
    const cors = (!all && origin !== undefined && allowed.get(origin)) || others;
    const name = servedBy();
    return name === undefined ? cors : [...cors, 'X-Served-By', name];
  };
};
