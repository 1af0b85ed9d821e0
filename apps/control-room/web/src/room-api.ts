import { describeFailure } from '@tripod/ui/describe-failure';

/** Longer than the server waits for the stack, so that the page shows the reason that the server gives. */
const timeoutMs = 15_000;

/** Sends a request to the control room and returns its JSON. Throws an Error whose message is a sentence. */
export const askRoom = async <Answer>(path: string, init: RequestInit = {}): Promise<Answer> => {
  let response: Response;
  try {
    response = await fetch(path, { cache: 'no-store', signal: AbortSignal.timeout(timeoutMs), ...init });
  } catch (error) {
    const isLate = error instanceof DOMException && error.name === 'TimeoutError';
    throw new Error(
      isLate
        ? `No answer within ${timeoutMs / 1000} s.`
        : "The control room can't be reached. Does pnpm dev run?",
    );
  }
  if (!response.ok) throw new Error(await describeFailure(response, 'The control room'));
  return (await response.json()) as Answer;
};

/** Sends an action to the stack or the load generator. Resolves when it was accepted; events tell what happened. */
export const postAction = async (action: Readonly<Record<string, unknown>>): Promise<void> => {
  await askRoom('actions', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(action),
  });
};
