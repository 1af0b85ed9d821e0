/** Both ways in which files are served, and the memory for each: whatever a test says of one holds of the other. */
export const ways = [
  ['from memory', 64 * 1024 * 1024],
  ['from the disk', 0],
] as const;
