/** The folders into which bundlers write files whose names change with their content (Vite, webpack, Next.js). */
const bundleFolders: ReadonlySet<string> = new Set(['assets', 'static', '_next']);

/** `app.3f2a9c1b.js`, `index-B5xKq_9z.css.map`: what stands behind the last `-` or `.` before the extension. */
const hashPattern = /[.-]([a-z0-9_]{8,64})\.[a-z0-9]+(?:\.map)?$/i;
const uuidPattern = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\.[^/]+$/i;
/** `20261121T101500Z`. */
const timestampPattern = /^\d{8}T\d{4,9}Z?$/i;

const hasContentHash = (name: string): boolean => {
  const hash = hashPattern.exec(name)?.[1] ?? '';
  const isMixed = /[a-z]/i.test(hash) && /\d/.test(hash);
  return isMixed && !timestampPattern.test(hash) && !uuidPattern.test(name);
};

/**
 * The default Cache-Control of a file, given its path segments under the root. A name that a bundler made from a hash
 * of the content is immutable: 8 or more letters and digits, at least one of each, in a folder `assets/`, `static/` or
 * `_next/` at any depth. Elsewhere such a name may be an id of a file that changes. All other files are revalidated on
 * each use, so that a change is seen at once.
 */
export const defaultCacheControl = (segments: readonly string[]): string => {
  const isBundled = segments.slice(0, -1).some((folder) => bundleFolders.has(folder));
  return isBundled && hasContentHash(segments.at(-1) ?? '')
    ? 'public, max-age=31536000, immutable'
    : 'no-cache';
};

const token = "[!#$%&'*+.^_`|~\\w-]+";
const directive = `${token}(?:=(?:${token}|"[\\x20\\x21\\x23-\\x7e]*"))?`;

/** `*.css=max-age=60`: the first `=` ends the pattern; directives (RFC 9111 5.2) separated by commas follow. */
const rulePattern = new RegExp(`^([^=\\s]+)=(${directive}(?:, *${directive})*)$`);

/** Describes what is wrong with the values of `--cache-control`; empty when all are valid. */
export const cacheControlProblems = (rules: readonly string[]): readonly string[] =>
  rules
    .filter((rule) => !rulePattern.test(rule))
    .map((rule) => `must be PATTERN=VALUE, such as *.css=max-age=3600, and has ${JSON.stringify(rule)}`);

const toRegExp = (pattern: string): RegExp => {
  const source = pattern
    .split(/(\*+)/)
    .map((part) =>
      part.startsWith('**') ? '.*' : part === '*' ? '[^/]*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'),
    )
    .join('');
  return new RegExp(`^${source}$`, 's');
};

/** Returns the Cache-Control of a file, given its path segments under the root. */
export type CacheControlOf = (segments: readonly string[]) => string;

/**
 * Creates the lookup of Cache-Control: the value of the first rule whose pattern matches, otherwise the default. A
 * pattern with a slash is matched against the whole path (`/images/**`), one without a slash against the file name
 * (`*.css`). `*` matches anything except a slash, `**` anything.
 */
export const createCacheControl = (rules: readonly string[]): CacheControlOf => {
  const parsed = rules.map((rule) => {
    const [, pattern = '', value = ''] = rulePattern.exec(rule) ?? [];
    return { matchesPath: pattern.includes('/'), expression: toRegExp(pattern), value };
  });
  return (segments) => {
    const name = segments.at(-1) ?? '';
    const path = `/${segments.join('/')}`;
    const match = parsed.find(({ matchesPath, expression }) => expression.test(matchesPath ? path : name));
    return match?.value ?? defaultCacheControl(segments);
  };
};
