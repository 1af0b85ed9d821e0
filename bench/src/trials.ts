/** What the bench can do that is no comparison: it counts what clients were told against what is stored. */
export const lostWrites = {
  name: 'lost-writes',
  about: 'whether confirmed writes outlive what is killed, stopped or cut off',
  /** Unless `--seconds` is typed. */
  seconds: 60,
} as const;

/** Names that are typed where else the name of a run stands. */
export const trialNames: readonly string[] = [lostWrites.name];
