/** `app.3f2a9c1b.js`, `app-3f2a9c1b.js.map`: 8 or more hexadecimal digits, not all of one kind as dates are. */
const hashed = /[.-](?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{8,64}(?:\.[a-z0-9]+){1,2}$/;

/** For ever when the name changes with the content; otherwise to be asked for again, so that a change is seen. */
export const defaultCacheControlOf = (name: string): string =>
  hashed.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache';

const token = "[!#$%&'*+.^_`|~\\w-]+";
const directive = `${token}(?:=(?:${token}|"[\\x20\\x21\\x23-\\x7e]*"))?`;

/** `*.css=max-age=60`: the first = ends the pattern, and what follows are directives (RFC 9111 5.2) with commas between. */
const rulePattern = new RegExp(`^([^=\\s]+)=(${directive}(?:, *${directive})*)$`);

/** What is wrong with the rules of `--cache-control`. */
export const cacheControlProblems = (rules: readonly string[]): readonly string[] =>
  rules
    .filter((rule) => !rulePattern.test(rule))
    .map((rule) => `must be PATTERN=VALUE, such as *.css=max-age=3600, and has ${JSON.stringify(rule)}`);

const toRegExp = (pattern: string): RegExp => {
  const source = pattern
    .split(/(\*+)/)
    .map((piece) =>
      piece.startsWith('**') ? '.*' : piece === '*' ? '[^/]*' : piece.replace(/[.+?^${}()|[\]\\]/g, '\\$&'),
    )
    .join('');
  return new RegExp(`^${source}$`, 's');
};

export type CacheControlOf = (names: readonly string[]) => string;

/**
 * Makes the function that gives a file, by its names under the root, its Cache-Control: the value of the first rule
 * whose pattern fits, or else the default. A pattern with a slash is for the whole path (`/images/**`), one without
 * for the last name (`*.css`); `*` stands for anything but a slash, `**` for anything.
 */
export const createCacheControl = (rules: readonly string[]): CacheControlOf => {
  const parsed = rules.map((rule) => {
    const [, pattern = '', value = ''] = rulePattern.exec(rule) ?? [];
    return { whole: pattern.includes('/'), expression: toRegExp(pattern), value };
  });
  return (names) => {
    const name = names.at(-1) ?? '';
    const path = `/${names.join('/')}`;
    const fitting = parsed.find(({ whole, expression }) => expression.test(whole ? path : name));
    return fitting?.value ?? defaultCacheControlOf(name);
  };
};
