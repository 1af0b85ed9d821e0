import { allErrors } from '../../../scripts/error-registry.ts';
import { type Checked, codeOf, lookThrough } from './look-through.ts';
import type { Page } from './read-pages.ts';

const errorCodes = new Set(allErrors.map(({ code }) => code));

/** Flags of other programs that pages may name without the program. */
const foreignFlags: ReadonlySet<string> = new Set(
  ['--yes', '--data', '--frozen-lockfile'].concat([
    '--max-semi-space-size',
    '--max-old-space-size',
    '--memory-saver-mode',
    '--pwprompt',
    '--owner',
    '--now',
  ]),
);

/** Words in upper case that are neither variables nor error codes. */
const otherCapitals =
  /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE|SIG[A-Z]+|INSERT|COMMIT|LISTEN|NOTIFY|BLMOVE|LPUSH|LLEN|E[A-Z]+|[A-Z]|NAME|PATH|URL|API|FIN|NUL)$/;

/** Checks every flag in code spans and blocks. */
export const checkFlags = (pages: readonly Page[], own: ReadonlySet<string>): Checked =>
  lookThrough(pages, (markdown) =>
    codeOf(markdown)
      .flatMap((code) => [...code.matchAll(/(?<![\w-])--[a-z][a-z0-9-]*/g)])
      .map(([flag]) => ({
        what: flag,
        fault: own.has(flag) || foreignFlags.has(flag) ? undefined : 'is not a flag of a command',
      })),
  );

/**
 * Checks every error code and environment variable in code: names in upper case, and those with an underscore
 * anywhere.
 */
export const checkCapitals = (pages: readonly Page[], variables: ReadonlySet<string>): Checked =>
  lookThrough(pages, (markdown) => {
    const withUnderscore = codeOf(markdown).flatMap(
      (code) => code.match(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g) ?? [],
    );
    const alone = markdown.spans.filter((span) => /^[A-Z]+$/.test(span) && !otherCapitals.test(span));
    return [...withUnderscore, ...alone].map((what) => ({
      what,
      fault:
        errorCodes.has(what) || variables.has(what)
          ? undefined
          : 'is neither an error code nor an environment variable',
    }));
  });
