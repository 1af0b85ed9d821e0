import type { FigureName } from '../loads/figures.ts';

/** What a contestant is to reach under a load. A goal that is missed is information, and no failure. */
export type Goal = {
  readonly load: string;
  readonly contestant: string;
  readonly figure: FigureName;
  /** The contestant whose figure of the same round divides it. Default: the figure itself is judged. */
  readonly against?: string;
} & ({ readonly atLeast: number } | { readonly atMost: number });
