/** What became of every write, as its client knows it. A write is known by its title, which no other has. */
export type Outcomes = {
  /** Answered 200: it must be there, once, whatever happens. */
  readonly acknowledged: ReadonlySet<string>;
  /** Answered that nothing was written: it must not be there. */
  readonly refused: ReadonlySet<string>;
  /** Anything else: it may be there, once. */
  readonly unknown: ReadonlySet<string>;
  /** How many of the unknown and refused ones were answered how. */
  readonly answers: ReadonlyMap<string, number>;
};

/** What is compared in the end. Each list but `stored` holds titles, and must be empty. */
export type Verdict = {
  readonly stored: number;
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  /** Stored although refused, or never sent. */
  readonly unasked: readonly string[];
};

/** Holds what clients were told against the titles in the table. */
export const judgeWrites = (outcomes: Outcomes, titles: readonly string[]): Verdict => {
  const stored = new Set<string>();
  const doubled = new Set<string>();
  for (const title of titles) {
    if (stored.has(title)) doubled.add(title);
    stored.add(title);
  }
  const { acknowledged, unknown } = outcomes;
  return {
    stored: titles.length,
    lost: [...acknowledged].filter((title) => !stored.has(title)),
    doubled: [...doubled],
    unasked: [...stored].filter((title) => !acknowledged.has(title) && !unknown.has(title)),
  };
};
