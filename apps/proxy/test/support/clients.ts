import { Agent } from 'node:http';
import { type Answer, ask, type Question } from './ask.ts';

/** What came of the requests of several clients. */
export type ClientsResult = {
  readonly requests: number;
  /** How many ended so: the status, or the code of the error, after `kept` when the connection had served before. */
  readonly outcomes: Readonly<Record<string, number>>;
};

export type Clients = {
  /** Requests that have ended, well or not. */
  readonly requests: number;
  /** Lets each of them end its request, and tells how they all went. */
  stop(): Promise<ClientsResult>;
  /** Waits until each has been refused a connection. */
  refused(): Promise<ClientsResult>;
};

export type ClientsOptions = {
  readonly count: number;
  /** What is asked next; the number counts up over all clients. */
  readonly question: (number: number) => Question;
  readonly onAnswer?: (answer: Answer, number: number) => void;
};

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);

/** Clients that ask again and again, each on a kept connection of its own, until they are stopped or refused. */
export const startClients = ({ count, question, onAnswer }: ClientsOptions): Clients => {
  const outcomes: Record<string, number> = {};
  let began = 0;
  let requests = 0;
  let stopping = false;
  const askOnce = async (agent: Agent): Promise<string> => {
    began += 1;
    const number = began;
    const kept = Object.keys(agent.freeSockets).length > 0 ? 'kept ' : '';
    try {
      const answer = await ask({ ...question(number), agent });
      onAnswer?.(answer, number);
      return String(answer.status);
    } catch (error) {
      return kept + codeOf(error);
    }
  };
  const client = async (): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (!stopping) {
      const outcome = await askOnce(agent);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      requests += 1;
      if (outcome === 'ECONNREFUSED') break;
    }
    agent.destroy();
  };
  const all = Promise.all(Array.from({ length: count }, client));
  const refused = async (): Promise<ClientsResult> => {
    await all;
    return { requests, outcomes };
  };
  return {
    get requests() {
      return requests;
    },
    stop: () => {
      stopping = true;
      return refused();
    },
    refused,
  };
};
