/** An answer, as tests compare it. `body` is undefined when it is no JSON. */
export type SentAnswer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests compare it with what they expect.
  readonly body: any;
};

const read = async (response: Response): Promise<SentAnswer> => {
  const { status, headers } = response;
  const text = await response.text();
  const isJson = /json/.test(headers.get('content-type') ?? '');
  return { status, headers, text, body: isJson ? JSON.parse(text) : undefined };
};

/** GETs a target of the server at `url`. */
export const get = async (url: string, target: string): Promise<SentAnswer> =>
  read(await fetch(new URL(target, url)));

/** POSTs a value as JSON, or a text as it is. */
export const send = async (url: string, target: string, body: unknown): Promise<SentAnswer> =>
  read(
    await fetch(new URL(target, url), {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  );
