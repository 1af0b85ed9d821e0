/** What an error code means: its HTTP status, its title for clients, and its row in docs/reference/errors.md. */
export type ErrorDefinition = {
  readonly code: string;
  readonly status: number;
  /** A short phrase, the same for every occurrence of the code (RFC 9457 3.1.4). */
  readonly title: string;
  /** When it happens and what to do. */
  readonly meaning: string;
};

/** Error definitions by code. Each table stands in the folder that raises its errors. */
export type ErrorTable<Code extends string = string> = { readonly [C in Code]: ErrorDefinition };

/** Builds a table of errors: each entry gets its key as its code. */
export const defineErrors = <Code extends string>(
  entries: Readonly<Record<Code, Omit<ErrorDefinition, 'code'>>>,
): ErrorTable<Code> =>
  Object.fromEntries(
    Object.entries<Omit<ErrorDefinition, 'code'>>(entries).map(([code, entry]) => [code, { code, ...entry }]),
  ) as ErrorTable<Code>;

/** All definitions of several tables. Throws when a code is in two of them. */
export const mergeErrorTables = (tables: readonly ErrorTable[]): readonly ErrorDefinition[] => {
  const all = tables.flatMap((table) => Object.values(table));
  const seen = new Set<string>();
  for (const { code } of all) {
    if (seen.has(code)) throw new Error(`The error code ${code} is defined twice.`);
    seen.add(code);
  }
  return all;
};
