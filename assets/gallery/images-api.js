const timeoutMs = 30_000;

const textOf = (value) => (typeof value === 'string' ? value : '');

const toPicture = (row) => ({
  title: textOf(row?.title),
  alt_text: textOf(row?.alt_text),
  url: textOf(row?.url),
});

const unavailableText = "The gallery can't be reached just now.";

// a proxy without a healthy upstream, or an API without its database: their details do not help a visitor
const unavailableStatuses = [502, 503, 504];

/** The Retry-After header in milliseconds, or undefined. Dates are not supported. */
const findRetryAfterMs = (response) => {
  const value = response.headers.get('retry-after') ?? '';
  return /^\d+$/.test(value) ? Number(value) * 1000 : undefined;
};

const describeFailure = ({ status, detail, title, retryAfterMs }) => {
  // a detail without Retry-After needs an action: the visitor may have to check whether the picture was stored
  if (unavailableStatuses.includes(status) && (detail === '' || retryAfterMs !== undefined))
    return unavailableText;
  const text = detail || title || `The server answered ${status}`;
  return /[.!?]$/.test(text) ? text : `${text}.`;
};

/** What the page shows of an error response. A response that is not problem+json, such as a proxy's page, has no details. */
const readProblem = async (response) => {
  const { status } = response;
  const body = await response.json().catch(() => null);
  const retryAfterMs = findRetryAfterMs(response);
  const texts = { detail: textOf(body?.detail), title: textOf(body?.title) };
  return {
    status,
    detail: describeFailure({ status, retryAfterMs, ...texts }),
    isUnavailable: unavailableStatuses.includes(status),
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
  detail: unavailableText,
  isUnavailable: true,
  retryAfterMs: 0,
  requestId: '',
  errors: [],
};

const unreadable = {
  status: 200,
  detail: "The server's answer is not a list of pictures.",
  isUnavailable: false,
  retryAfterMs: 0,
  requestId: '',
  errors: [],
};

/**
 * The URL of the next page from `Link: <…>; rel="next"`, or undefined. The reference is resolved against the URL of the
 * response, so it holds behind any prefix. A link to another origin is ignored.
 */
const findNext = (response) => {
  const [, reference] = /<([^>]*)>\s*;[^,]*\brel="?next\b/i.exec(response.headers.get('link') ?? '') ?? [];
  if (reference === undefined) return undefined;
  const next = new URL(reference, response.url);
  return next.origin === new URL(response.url).origin ? next.href : undefined;
};

/** Fetches one page of pictures. Resolves to `{ pictures, next, servedBy }` or `{ problem }`, and never rejects. */
export const listPictures = async (address) => {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) return { problem: await readProblem(response) };
    // some implementations of this API send null for an empty list
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

/** Adds a picture. Resolves to `{ picture }` as the API stored it or to `{ problem }`, and never rejects. */
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
