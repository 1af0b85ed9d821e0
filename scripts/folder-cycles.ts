import { posix } from 'node:path';

/** One file imports another; paths are relative to the root of the repository. */
export type Import = { readonly from: string; readonly to: string };

/** The imports that lead from one folder through others back to it, one for each step. */
export type FolderCycle = readonly Import[];

type Folders = ReadonlyMap<string, ReadonlyMap<string, Import>>;

const groupByFolder = (imports: readonly Import[]): Folders => {
  const folders = new Map<string, Map<string, Import>>();
  for (const one of imports) {
    const [from, to] = [posix.dirname(one.from), posix.dirname(one.to)];
    if (from === to) continue;
    const steps = folders.get(from) ?? new Map<string, Import>();
    if (!steps.has(to)) steps.set(to, one);
    folders.set(from, steps);
  }
  return folders;
};

const findShortestCycle = (folders: Folders, start: string): FolderCycle | undefined => {
  let paths: (readonly [folder: string, imports: FolderCycle])[] = [[start, []]];
  const seen = new Set<string>();
  while (paths.length > 0) {
    const longer: typeof paths = [];
    for (const [folder, imports] of paths) {
      for (const [next, step] of folders.get(folder) ?? []) {
        if (next === start) return [...imports, step];
        if (!seen.has(next)) longer.push([next, [...imports, step]]);
        seen.add(next);
      }
    }
    paths = longer;
  }
  return undefined;
};

/**
 * Finds cycles between folders. A folder and its parent are two folders: a file in `a/b` that imports one in `a`, which
 * imports another one in `a/b`, makes a cycle. Returns the shortest cycle through each folder, each once.
 */
export const findFolderCycles = (imports: readonly Import[]): readonly FolderCycle[] => {
  const folders = groupByFolder(imports);
  const cycles = new Map<string, FolderCycle>();
  for (const start of [...folders.keys()].sort()) {
    const cycle = findShortestCycle(folders, start);
    if (!cycle) continue;
    const key = cycle
      .map(({ from }) => posix.dirname(from))
      .sort()
      .join(' ');
    if (!cycles.has(key)) cycles.set(key, cycle);
  }
  return [...cycles.values()];
};
