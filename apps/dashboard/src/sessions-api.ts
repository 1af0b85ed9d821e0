import { describeFailure } from '@tripod/ui/describe-failure';

/** The answer of `GET /`: the copy that answered, and the counters after this visit. */
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

/** Whether no job waits or runs. */
export const isIdle = ({ waiting, running }: JobCounts): boolean => waiting === 0 && running === 0;

export type StoredValue = { readonly key: string; readonly value: string };

/** An answer other than 2xx, or none. The message is a sentence that the page shows. */
export class ApiError extends Error {
  /** Undefined when there was no answer at all. */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
  }
}

/** Longer than the API waits for its store, so that the page shows the reason that the API gives. */
const timeoutMs = 8000;

/** Sends a GET to the API below the address of the page. Throws an ApiError for every answer other than 2xx. */
const request = async (path: string, query: Readonly<Record<string, string>> = {}): Promise<unknown> => {
  const search = new URLSearchParams(query).toString();
  let response: Response;
  try {
    response = await fetch(`api/${path}${search === '' ? '' : `?${search}`}`, {
      cache: 'no-store',
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (error) {
    const late = error instanceof DOMException && error.name === 'TimeoutError';
    throw new ApiError(late ? `No answer within ${timeoutMs / 1000} s.` : "The API can't be reached.");
  }
  if (!response.ok) throw new ApiError(await describeFailure(response, 'The API'), response.status);
  return response.json();
};

export const fetchVisit = async (): Promise<Visit> => (await request('')) as Visit;

export const fetchJobCounts = async (): Promise<JobCounts> => (await request('jobs')) as JobCounts;

/** Enqueues a job and returns its id. */
export const enqueueJob = async (job: string): Promise<number> =>
  ((await request('enqueue', { job })) as { readonly id: number }).id;

export const storeValue = async (key: string, value: string): Promise<StoredValue> =>
  (await request('set', { key, value })) as StoredValue;

/** Returns the stored value, or undefined when there is none for the key. */
export const findValue = async (key: string): Promise<StoredValue | undefined> => {
  try {
    return (await request('get', { key })) as StoredValue;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
};
