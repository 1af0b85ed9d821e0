import { Agent } from 'node:http';
import { ask } from './ask.ts';

export type Asking = {
  /** Statuses so far, and how often each; what broke counts under its message. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** Answers so far. */
  readonly answered: () => number;
  /** Ends it; resolves when the last request has its answer. */
  stop(): Promise<void>;
};

/** Clients that ask one request after the other, each on a connection that it keeps. */
export const keepAsking = (port: number, clients: number, path = '/'): Asking => {
  const outcomes = new Map<string, number>();
  let stopped = false;
  let answered = 0;
  const run = async (): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (!stopped) {
      const outcome = await ask({ port, path, agent }).then(
        ({ status }) => String(status),
        (error: Error) => error.message,
      );
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      answered += 1;
    }
    agent.destroy();
  };
  const running = Array.from({ length: clients }, run);
  return {
    outcomes,
    answered: () => answered,
    stop: async () => {
      stopped = true;
      await Promise.all(running);
    },
  };
};
