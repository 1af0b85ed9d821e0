/** The outcome of every write as its client knows it. A write is identified by its unique title. */
export type Outcomes = {
  /** Confirmed with 200: must be stored exactly once. */
  readonly acknowledged: ReadonlySet<string>;
  /** Refused with an error that promises that nothing was written: must not be stored. */
  readonly refused: ReadonlySet<string>;
  /** Anything else: may be stored once. */
  readonly unknown: ReadonlySet<string>;
  /** Number of unknown and refused writes by response. */
  readonly answers: ReadonlyMap<string, number>;
};

/** The comparison at the end. Each list except `stored` has titles and must be empty. */
export type Verdict = {
  readonly stored: number;
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  /** Stored although refused or never sent. */
  readonly unexpected: readonly string[];
};

/** Compares the outcomes that clients know with the titles in the table. */
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
    unexpected: [...stored].filter((title) => !acknowledged.has(title) && !unknown.has(title)),
  };
};
