/** One line of JSON from a client to the running stack: the name of the command and its arguments. */
export type ControlRequest = { readonly command: string; readonly [argument: string]: unknown };

/**
 * What comes back, one line each: progress and readings as they happen, then the result or the reason of the failure.
 */
export type ControlReply =
  | { readonly type: 'progress'; readonly message: string }
  | { readonly type: 'reading'; readonly reading: unknown }
  | { readonly type: 'done'; readonly result?: unknown }
  | { readonly type: 'failed'; readonly message: string };

/** Parses a request. Throws an Error with one sentence when the line is not a JSON object with a command. */
export const parseControlRequest = (line: string): ControlRequest => {
  const value = JSON.parse(line) as unknown;
  if (typeof value !== 'object' || value === null || !('command' in value)) {
    throw new Error('A request must be a JSON object with a command.');
  }
  const { command } = value;
  if (typeof command !== 'string') throw new Error('The command of a request must be a string.');
  return { ...value, command };
};
