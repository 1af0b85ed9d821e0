import type { Claims, Limits } from '../definition/limits.ts';
import type { Measured } from './measured.ts';

/** A claim that was compared with what was measured. */
export type JudgedClaim = {
  readonly figure: string;
  /** The limits as text, such as `at most 200`. */
  readonly limit: string;
  /** Undefined when this load balancer does not report it, or it never happened. */
  readonly value?: number;
  readonly holds: boolean;
};

/** The number at a path such as `shares.after.api-2`; undefined when there is none. */
export const findFigure = (measured: Measured, path: string): number | undefined => {
  let value: unknown = measured;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) {
      // Of a kind of failure or a write there is none when it did not happen.
      return /^failures\./.test(path) ? 0 : undefined;
    }
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return typeof value === 'number' ? value : undefined;
};

const describeLimits = ({ atMost, atLeast, times }: Limits): string => {
  const of = times === undefined ? '' : ` × ${times}`;
  return [
    ...(atLeast === undefined ? [] : [`at least ${atLeast}${of}`]),
    ...(atMost === undefined ? [] : [`at most ${atMost}${of}`]),
  ].join(', ');
};

/** Figures that only our proxy reports. */
const ownFigure = /^(?:ejectedAfterMs|backAfterMs|sentPerRequest)/;

/** The claims that can be compared with another load balancer than ours. */
export const withoutOwnFigures = (claims: Claims): Claims =>
  Object.fromEntries(Object.entries(claims).filter(([figure]) => !ownFigure.test(figure)));

/** Compares claims with the figures of a run. A figure that is missing does not hold. */
export const judge = (claims: Claims, measured: Measured): readonly JudgedClaim[] =>
  Object.entries(claims).map(([figure, limits]) => {
    const value = findFigure(measured, figure);
    const factor = limits.times === undefined ? 1 : findFigure(measured, limits.times);
    const holds =
      value !== undefined &&
      factor !== undefined &&
      (limits.atMost === undefined || value <= limits.atMost * factor) &&
      (limits.atLeast === undefined || value >= limits.atLeast * factor);
    return { figure, limit: describeLimits(limits), ...(value === undefined ? {} : { value }), holds };
  });
