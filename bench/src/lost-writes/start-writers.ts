import { Agent, type IncomingMessage, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Outcomes } from './outcomes.ts';

export type Writers = {
  /** Resolves when a write that starts from now on has been confirmed. */
  untilAcknowledged(): Promise<void>;
  /** Stops writing and waits for the outstanding responses. */
  stop(): Promise<Outcomes>;
};

/** Error codes that promise that nothing was written. */
const refusals: readonly string[] = ['API_DATABASE_UNAVAILABLE', 'API_DURABILITY_OFF', 'PROXY_NO_UPSTREAM'];
const responseTimeoutMs = 15_000;
/** Pause after a refusal, which comes immediately. */
const pauseMs = 20;

const readBody = async (response: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const piece of response) text += String(piece);
  return text;
};

/** POSTs an image with this title. Resolves with `stored`, an error code, or the connection error. */
const post = (url: string, agent: Agent, title: string): Promise<string> =>
  new Promise((resolve) => {
    const body = JSON.stringify({ title, alt_text: 'A write that counts', url: '/images/fox.svg' });
    const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
    const outgoing = request(`${url}/images.json`, {
      method: 'POST',
      agent,
      headers,
      timeout: responseTimeoutMs,
    });
    const fail = (error: NodeJS.ErrnoException): void => resolve(error.code ?? error.message);
    outgoing.once('timeout', () => outgoing.destroy(new Error('no response')));
    outgoing.on('error', fail);
    outgoing.once('response', (response) => {
      readBody(response).then((text) => {
        const answer = JSON.parse(text) as { readonly title?: string; readonly code?: string };
        const isStored = response.statusCode === 200 && answer.title === title;
        resolve(isStored ? 'stored' : (answer.code ?? `status ${response.statusCode}`));
      }, fail);
    });
    outgoing.end(body);
  });

/** Starts clients that each write one image after the other under unique titles, and record the responses. */
export const startWriters = (url: string, count: number, prefix: string): Writers => {
  const acknowledged = new Set<string>();
  const refused = new Set<string>();
  const unknown = new Set<string>();
  const answers = new Map<string, number>();
  const agent = new Agent({ keepAlive: true, maxSockets: count });
  /** Waiters for a confirmed write, with the number of the first write that counts. */
  let waiting: { readonly from: number; readonly resolve: () => void }[] = [];
  let begun = 0;
  let stopping = false;

  const writeOne = async (title: string): Promise<void> => {
    const turn = begun;
    begun += 1;
    const answer = await post(url, agent, title).catch(() => 'broken response');
    if (answer === 'stored') {
      acknowledged.add(title);
      for (const { from, resolve } of waiting) if (turn >= from) resolve();
      waiting = waiting.filter(({ from }) => turn < from);
      return;
    }
    answers.set(answer, (answers.get(answer) ?? 0) + 1);
    if (!refusals.includes(answer)) unknown.add(title);
    else {
      refused.add(title);
      await delay(pauseMs);
    }
  };
  const writer = async (number: number): Promise<void> => {
    for (let written = 0; !stopping; written += 1) await writeOne(`${prefix} ${number}.${written}`);
  };
  const writers = Array.from({ length: count }, (_, number) => writer(number));
  return {
    untilAcknowledged: () =>
      new Promise((resolve) => {
        waiting.push({ from: begun, resolve });
      }),
    stop: async () => {
      stopping = true;
      await Promise.all(writers);
      agent.destroy();
      return { acknowledged, refused, unknown, answers };
    },
  };
};
