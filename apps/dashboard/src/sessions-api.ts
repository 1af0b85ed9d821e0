/** One answer of `GET /`: who answered, and the counters after this visit. */
export type Visit = {
  readonly served_by: string;
  readonly session_id: string;
  readonly session_count: number;
  readonly global_count: number;
};

export type JobCounts = {
  readonly waiting: number;
  readonly running: number;
  readonly done: number;
  readonly failed: number;
};

export type StoredValue = { readonly key: string; readonly value: string };

/** An answer that is not the one asked for. The message is a sentence for people. */
export class ApiError extends Error {
  /** Undefined when there was no answer at all. */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
  }
}

/** Longer than the API's own limit for a store that does not answer. */
const timeoutMs = 8000;

const sentenceOf = async (response: Response): Promise<string> => {
  try {
    const problem = (await response.json()) as { readonly title?: string; readonly detail?: string };
    return problem.detail ?? problem.title ?? `The API answered ${response.status}.`;
  } catch {
    return `The API answered ${response.status}.`;
  }
};

/** Asks the API below the page's own address. Throws an ApiError for every answer other than 2xx. */
const ask = async (path: string, query: Readonly<Record<string, string>> = {}): Promise<unknown> => {
  const search = new URLSearchParams(query).toString();
  let response: Response;
  try {
    response = await fetch(`api/${path}${search === '' ? '' : `?${search}`}`, {
      cache: 'no-store',
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (error) {
    const late = error instanceof DOMException && error.name === 'TimeoutError';
    throw new ApiError(late ? `No answer within ${timeoutMs / 1000} s.` : 'The API can not be reached.');
  }
  if (!response.ok) throw new ApiError(await sentenceOf(response), response.status);
  return response.json();
};

export const fetchVisit = async (): Promise<Visit> => (await ask('')) as Visit;

export const fetchJobCounts = async (): Promise<JobCounts> => (await ask('jobs')) as JobCounts;

export const enqueueJob = async (job: string): Promise<void> => {
  await ask('enqueue', { job });
};

export const storeValue = async (key: string, value: string): Promise<StoredValue> =>
  (await ask('set', { key, value })) as StoredValue;

/** The value of the key, or undefined when no copy has it. */
export const findValue = async (key: string): Promise<StoredValue | undefined> => {
  try {
    return (await ask('get', { key })) as StoredValue;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
};
