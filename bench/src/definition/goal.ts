import type { FigureName } from './figures.ts';

/** What a contestant has to reach under a load. A missed goal is information, not a failure. */
export type Goal = {
  readonly load: string;
  readonly contestant: string;
  readonly figure: FigureName;
  /** The contestant of the ratio. Default: the figure itself is compared with the limit. */
  readonly against?: string;
} & ({ readonly atLeast: number } | { readonly atMost: number });
