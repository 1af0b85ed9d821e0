import { Agent } from 'node:http';
import { type Answer, ask, type Question } from './ask.ts';

/** The results of the requests of several clients. */
export type ClientsResult = {
  readonly requests: number;
  /** Counts by result: the status, or the error code, after `kept` when the connection had served before. */
  readonly outcomes: Readonly<Record<string, number>>;
};

export type Clients = {
  /** Requests that have ended, successful or not. */
  readonly requests: number;
  /** Waits for the requests under way, and returns all results. */
  stop(): Promise<ClientsResult>;
  /** Waits until every client was refused a connection. */
  refused(): Promise<ClientsResult>;
};

export type ClientsOptions = {
  readonly count: number;
  /** The next request; the number counts over all clients. */
  readonly question: (number: number) => Question;
  readonly onAnswer?: (answer: Answer, number: number) => void;
};

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);

/** Clients that send requests, each on its own kept connection, until they are stopped or refused. */
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
