/**
 * Holds a lockfile of pnpm against a list of lowest versions. Called by scripts/test/dependency-floors.test.ts; reads
 * nothing itself.
 */

/** The lowest version of each kept release line (one for each major version) in which known holes are closed. */
export type Floor = {
  readonly package: string;
  readonly minimums: readonly string[];
  readonly reason: string;
};

export type Resolved = { readonly package: string; readonly version: string };

const versionPattern = /^(\d+)\.(\d+)\.(\d+)(?:-[\w.-]+)?$/;

/** [major, minor, patch]; a pre-release counts as the release that it comes before. Throws when it is no version. */
const parseVersion = (version: string): readonly [number, number, number] => {
  const [, major, minor, patch] = versionPattern.exec(version) ?? [];
  if (patch === undefined) throw new Error(`${version} is not a version`);
  return [Number(major), Number(minor), Number(patch)];
};

const compare = (a: string, b: string): number => {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
};

/** Checks the list itself. Throws with a sentence that names the entry. */
export const parseFloors = (value: unknown): readonly Floor[] => {
  const floors = (value as { floors?: unknown } | null)?.floors;
  if (!Array.isArray(floors) || floors.length === 0)
    throw new Error('the list of floors is empty or missing');
  const seen = new Set<string>();
  for (const entry of floors as readonly Partial<Floor>[]) {
    const { package: name, minimums, reason } = entry;
    const here = `the floor ${JSON.stringify(entry)}`;
    if (typeof name !== 'string' || !/^(@[\w.-]+\/)?[\w.-]+$/.test(name))
      throw new Error(`${here} names no package`);
    if (seen.has(name)) throw new Error(`${here} is there twice`);
    if (typeof reason !== 'string' || reason.length < 10) throw new Error(`${here} gives no reason`);
    if (!Array.isArray(minimums) || minimums.length === 0) throw new Error(`${here} has no minimums`);
    const majors = minimums.map((minimum) => {
      if (!versionPattern.test(String(minimum)))
        throw new Error(`${here} holds ${String(minimum)}, no version`);
      return parseVersion(String(minimum))[0];
    });
    if (new Set(majors).size < majors.length) throw new Error(`${here} has two minimums of one release line`);
    seen.add(name);
  }
  return floors as readonly Floor[];
};

/** Every resolved package of a lockfile: the keys below `packages:`. Throws when there are none. */
export const parseLockfile = (text: string): readonly Resolved[] => {
  const [, section = ''] = /^packages:\n([\s\S]*?)(?=^\S|(?![\s\S]))/m.exec(text) ?? [];
  const resolved = [...section.matchAll(/^ {2}'?((?:@[^@\s']+\/)?[^@\s']+)@([^:'\s]+)'?:/gm)].map(
    ([, name = '', version = '']) => ({ package: name, version }),
  );
  if (resolved.length === 0) throw new Error('the lockfile lists no packages');
  return resolved;
};

const isAbove = (version: string, minimums: readonly string[]): boolean => {
  const [major] = parseVersion(version);
  const own = minimums.find((minimum) => parseVersion(minimum)[0] === major);
  return own === undefined
    ? minimums.every((minimum) => compare(version, minimum) > 0)
    : compare(version, own) >= 0;
};

/** One sentence for each resolved version that lies below its floor; none when all is well. */
export const findFloorProblems = (
  resolved: readonly Resolved[],
  floors: readonly Floor[],
): readonly string[] =>
  floors.flatMap(({ package: name, minimums, reason }) =>
    resolved
      .filter((one) => one.package === name && !isAbove(one.version, minimums))
      .map(({ version }) => `${name} ${version} is below ${minimums.join(', ')}: ${reason}`),
  );

/** Lines that bind the lockfile to the address of one registry, or take a package past every registry. */
export const findAddresses = (text: string): readonly string[] =>
  text.split('\n').filter((line) => /https?:\/\/|git\+|\btarball:/.test(line));
