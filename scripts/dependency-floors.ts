/**
 * Compares a pnpm lockfile with a list of minimum versions. Called by scripts/test/dependency-floors.test.ts, which
 * reads the files.
 */

/** The lowest version of each release line (one per major version) without known vulnerabilities. */
export type Floor = {
  readonly package: string;
  readonly minimums: readonly string[];
  readonly reason: string;
};

export type Resolved = { readonly package: string; readonly version: string };

const versionPattern = /^(\d+)\.(\d+)\.(\d+)(?:-[\w.-]+)?$/;

/** Returns [major, minor, patch]. A pre-release counts as its release. Throws when the text is not a version. */
const parseVersion = (version: string): readonly [number, number, number] => {
  const [, major, minor, patch] = versionPattern.exec(version) ?? [];
  if (patch === undefined) throw new Error(`${version} is not a version`);
  return [Number(major), Number(minor), Number(patch)];
};

const compare = (a: string, b: string): number => {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
};

/** Parses the list of floors. Throws with the name of the wrong entry. */
export const parseFloors = (value: unknown): readonly Floor[] => {
  const floors = (value as { floors?: unknown } | null)?.floors;
  if (!Array.isArray(floors) || floors.length === 0)
    throw new Error('the list of floors is empty or missing');
  const seen = new Set<string>();
  for (const entry of floors as readonly Partial<Floor>[]) {
    const { package: name, minimums, reason } = entry;
    const here = `the floor ${JSON.stringify(entry)}`;
    if (typeof name !== 'string' || !/^(@[\w.-]+\/)?[\w.-]+$/.test(name))
      throw new Error(`${here} has no package name`);
    if (seen.has(name)) throw new Error(`${here} is listed twice`);
    if (typeof reason !== 'string' || reason.length < 10) throw new Error(`${here} has no reason`);
    if (!Array.isArray(minimums) || minimums.length === 0) throw new Error(`${here} has no minimums`);
    const majors = minimums.map((minimum) => {
      if (!versionPattern.test(String(minimum)))
        throw new Error(`${here} has the minimum ${String(minimum)}, which is not a version`);
      return parseVersion(String(minimum))[0];
    });
    if (new Set(majors).size < majors.length) throw new Error(`${here} has two minimums of one release line`);
    seen.add(name);
  }
  return floors as readonly Floor[];
};

/** Lists every resolved package of a lockfile: the keys below `packages:`. Throws when there are none. */
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

/** Returns one sentence for each resolved version below its floor. */
export const findFloorProblems = (
  resolved: readonly Resolved[],
  floors: readonly Floor[],
): readonly string[] =>
  floors.flatMap(({ package: name, minimums, reason }) =>
    resolved
      .filter((one) => one.package === name && !isAbove(one.version, minimums))
      .map(({ version }) => `${name} ${version} is below ${minimums.join(', ')}: ${reason}`),
  );

/** Returns the lines that tie the lockfile to one registry, or that fetch a package from elsewhere. */
export const findAddresses = (text: string): readonly string[] =>
  text.split('\n').filter((line) => /https?:\/\/|git\+|\btarball:/.test(line));
