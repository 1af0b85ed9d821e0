/** The thread that generates load: its `workerData` is a ThreadJob. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { Connection } from '../connection/connection.ts';
import { Measurements } from '../measure/measurements.ts';
import { loadScenario } from '../scenario/load-scenario.ts';
import { createTaskChoice } from './choose-task.ts';
import { startClosedModel } from './closed-model.ts';
import { LoadUser } from './load-user.ts';
import { startOpenModel } from './open-model.ts';
import { createRandom } from './random.ts';
import { Tallies } from './tallies.ts';
import type { ThreadCommand, ThreadFigures, ThreadJob, ThreadMessage } from './thread-job.ts';

const deadlineCheckMs = 100;
/** How long requests in flight may take when the run has ended. */
const gracefulStopMs = 2000;

const port = parentPort as MessagePort;
const job = workerData as ThreadJob;
const send = (message: ThreadMessage): void => port.postMessage(message);

const scenario = await loadScenario(job.scenario);
const measurements = new Measurements(job.memory);
const tallies = new Tallies();
const { model, target, timeoutMs, thread, threads, seed, durationMs } = job;

const connections: Connection[] = [];
const users = new Map<number, LoadUser>();
const userOf = (number: number): LoadUser => {
  const known = users.get(number);
  if (known) return known;
  const connection = new Connection(target);
  connections.push(connection);
  const random = createRandom(seed + number);
  const user = new LoadUser({ number, connection, target, timeoutMs, random, measurements, tallies });
  users.set(number, user);
  return user;
};

const figures = (): ThreadFigures => ({
  failures: tallies.failures,
  numbers: tallies.numbers,
  names: [...tallies.names.values()].map(({ response, ...rest }) => ({ ...rest, memory: response.memory })),
});

const run = async (): Promise<void> => {
  const ended = new AbortController();
  const end = (): void => ended.abort();
  const { signal } = ended;
  // Threads of the open model begin at different parts of a step.
  const offsetMs = model.kind === 'open' ? (thread * 1000) / model.rate : 0;
  const startMs = performance.now() + offsetMs;
  const choose = createTaskChoice(scenario.tasks);
  const options = { userOf, thread, threads, scenario, choose, measurements, startMs, signal };
  const running = model.kind === 'closed' ? startClosedModel(options, model) : startOpenModel(options, model);
  port.on('message', (command: ThreadCommand) => {
    if (command.kind === 'stop') end();
    else if (command.kind === 'change') running.change(command.model);
    else if (command.kind === 'report') send({ kind: 'figures', figures: figures() });
  });
  const endTimer = setTimeout(end, durationMs);
  const deadlines = setInterval(() => {
    const nowMs = performance.now();
    for (const connection of connections) connection.checkDeadline(nowMs);
  }, deadlineCheckMs);
  signal.addEventListener('abort', () => {
    setTimeout(() => {
      for (const connection of connections) connection.close();
    }, gracefulStopMs).unref();
  });
  await running.ended;
  clearTimeout(endTimer);
  clearInterval(deadlines);
  for (const connection of connections) connection.close();
  send({ kind: 'done', figures: figures() });
  port.close();
};

const begin = async (): Promise<void> => {
  const total = model.kind === 'closed' ? model.users : model.connections;
  for (let number = thread; number < total; number += threads) userOf(number);
  try {
    // Opened before the clock starts, so that no response time contains it.
    await Promise.all(connections.map((connection) => connection.open()));
  } catch (error) {
    send({ kind: 'unreachable', reason: error instanceof Error ? error.message : String(error) });
    return;
  }
  port.once('message', ({ kind }: ThreadCommand) => {
    if (kind === 'start')
      run().catch((error: unknown) => {
        throw error;
      });
    else port.close();
  });
  send({ kind: 'ready' });
};

await begin();
