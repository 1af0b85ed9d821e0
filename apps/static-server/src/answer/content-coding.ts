import type { Coding } from '../headers/representation.ts';

type Weights = ReadonlyMap<string, number>;

const weightPattern = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/** A malformed weight counts as 0: a coding is sent only when the client clearly accepts it. */
const weightOf = (parameter: string | undefined): number =>
  parameter === undefined ? 1 : Number(weightPattern.exec(parameter)?.[1] ?? 0);

const readWeights = (header: string): Weights => {
  const weights = new Map<string, number>();
  for (const item of header.toLowerCase().split(',')) {
    const [coding = '', parameter] = item.split(';').map((part) => part.trim());
    // RFC 9110 8.4.1.3: x-gzip is equivalent to gzip.
    if (coding !== '') weights.set(coding === 'x-gzip' ? 'gzip' : coding, weightOf(parameter));
  }
  return weights;
};

const parse = (header: string): readonly Coding[] => {
  const weights = readWeights(header);
  const wildcard = weights.get('*') ?? 0;
  // Identity is always acceptable here, and the last choice unless the client gives it a weight.
  const identity = weights.get('identity') ?? 0;
  const codings: readonly Coding[] = ['br', 'gzip'];
  const weight = (coding: Coding): number => weights.get(coding) ?? wildcard;
  return codings
    .filter((coding) => weight(coding) > 0 && weight(coding) >= identity)
    .sort((one, other) => weight(other) - weight(one));
};

const maxCachedHeaders = 100;

/** Returns the codings that a client prefers to identity, best first, given its Accept-Encoding header. */
export type ReadCodings = (acceptEncoding: string | undefined) => readonly Coding[];

/**
 * Creates the parser of Accept-Encoding (RFC 9110 12.5.3). Of two codings with the same weight brotli comes first.
 * Results are cached, since browsers send few different values.
 */
export const createCodingReader = (): ReadCodings => {
  const cache = new Map<string, readonly Coding[]>();
  return (header = '') => {
    const cached = cache.get(header);
    if (cached) return cached;
    const codings = parse(header);
    if (cache.size >= maxCachedHeaders) cache.clear();
    cache.set(header, codings);
    return codings;
  };
};
