/** One request of the load. Times are milliseconds since 1970, with fractions. */
export type RequestRecord = {
  readonly beganMs: number;
  readonly endedMs: number;
  readonly method: string;
  /** The copy that answered, by `X-Served-By`; undefined when none did. */
  readonly copy: string | undefined;
  /** The kind of its failure, such as `status 503`; undefined when it succeeded. */
  readonly failure: string | undefined;
};

/** What the threads of the load send: a request, or the kind of a failed check of the scenario. */
export type LoadEvent =
  | { readonly request: RequestRecord }
  | { readonly failedCheck: { readonly kind: string; readonly atMs: number } };
