import type { ErrorDefinition } from '@tripod/shared/errors/define-errors';

/** A request that a test sends, and what must come back. */
export type AskedRequest = {
  /** Path and query. */
  readonly target: string;
  /** Default: a GET. */
  readonly init?: RequestInit;
  /** The status of a success, or the error. */
  readonly expected: number | ErrorDefinition;
  /**
   * The copy that is asked. Default `ready`. `unsafe` refuses writes, `uncertain` loses the connection at each.
   * Of the state store, `stateAway` lacks it, and `stateFull` has no room in it for further jobs.
   */
  readonly copy?: 'ready' | 'unsafe' | 'away' | 'uncertain' | 'stateAway' | 'stateFull';
};

/** A POST of this text. */
export const post = (body: string, headers: Readonly<Record<string, string>> = {}): RequestInit => ({
  method: 'POST',
  body,
  headers,
});
