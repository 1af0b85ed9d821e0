const timeoutMs = 30_000;

const textOf = (value) => (typeof value === 'string' ? value : '');

const toPicture = (row) => ({
  title: textOf(row?.title),
  alt_text: textOf(row?.alt_text),
  url: textOf(row?.url),
});

const awayText = "The gallery can't be reached just now.";

// a proxy without anyone to ask, or a server without its database: what they say of themselves helps no visitor
const awayStatuses = [502, 503, 504];

/** Milliseconds from the header Retry-After, or undefined: a date in it counts as none. */
const findRetryAfterMs = (response) => {
  const value = response.headers.get('retry-after') ?? '';
  return /^\d+$/.test(value) ? Number(value) * 1000 : undefined;
};

const describeFailure = ({ status, detail, title, retryAfterMs }) => {
  // a detail without Retry-After is one to act upon: whether something was written may have to be looked up
  if (awayStatuses.includes(status) && (detail === '' || retryAfterMs !== undefined)) return awayText;
  const text = detail || title || `The server answered ${status}`;
  return /[.!?]$/.test(text) ? text : `${text}.`;
};

/** The facts of a failure that a person can use; an answer that is no problem+json (a proxy's page) has none. */
const readProblem = async (response) => {
  const { status } = response;
  const body = await response.json().catch(() => null);
  const retryAfterMs = findRetryAfterMs(response);
  const texts = { detail: textOf(body?.detail), title: textOf(body?.title) };
  return {
    status,
    detail: describeFailure({ status, retryAfterMs, ...texts }),
    isAway: awayStatuses.includes(status),
    retryAfterMs: retryAfterMs ?? 0,
    requestId: textOf(body?.requestId) || (response.headers.get('x-request-id') ?? ''),
    errors: (Array.isArray(body?.errors) ? body.errors : []).map((error) => ({
      field: textOf(error?.pointer).replace(/^#?\//, ''),
      detail: textOf(error?.detail),
    })),
  };
};

const unreachable = {
  status: 0,
  detail: awayText,
  isAway: true,
  retryAfterMs: 0,
  requestId: '',
  errors: [],
};

const unreadable = {
  status: 200,
  detail: "The server's answer is not a list of pictures.",
  isAway: false,
  retryAfterMs: 0,
  requestId: '',
  errors: [],
};

/**
 * The address of the next page, from the header `Link: <…>; rel="next"`, or undefined. The reference is
 * relative to the address that answered, so it holds behind any prefix; another origin is never followed.
 */
const findNext = (response) => {
  const [, reference] = /<([^>]*)>\s*;[^,]*\brel="?next\b/i.exec(response.headers.get('link') ?? '') ?? [];
  if (reference === undefined) return undefined;
  const next = new URL(reference, response.url);
  return next.origin === new URL(response.url).origin ? next.href : undefined;
};

/** One page of pictures: `{ pictures, next, servedBy }`, or `{ problem }`. Never rejects. */
export const listPictures = async (address) => {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) return { problem: await readProblem(response) };
    // null is how some implementations of this API say that there are none
    const rows = (await response.json().catch(() => undefined)) ?? null;
    if (rows !== null && !Array.isArray(rows)) return { problem: unreadable };
    return {
      pictures: (rows ?? []).map(toPicture),
      next: findNext(response),
      servedBy: response.headers.get('x-served-by') ?? '',
    };
  } catch {
    return { problem: unreachable };
  }
};

/** Adds a picture: `{ picture }` as the API keeps it, or `{ problem }`. Never rejects. */
export const addPicture = async (address, picture) => {
  try {
    const response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(picture),
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) return { problem: await readProblem(response) };
    return { picture: toPicture(await response.json()) };
  } catch {
    return { problem: unreachable };
  }
};
