/** The two ways in which files are served, with the memory limit for each. Tests of behaviour run in both. */
export const cacheModes = [
  ['from memory', 64 * 1024 * 1024],
  ['from the disk', 0],
] as const;
