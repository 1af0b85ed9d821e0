/** The thread that generates load: its `workerData` is a ThreadJob. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { Connection } from '../connection/connection.ts';
import { Measurements } from '../measure/measurements.ts';
import { loadScenario } from '../scenario/load-scenario.ts';
import { createTaskChoice } from './choose-task.ts';
import { LoadUser } from './load-user.ts';
import { createRandom } from './random.ts';
import { runClosedModel } from './run-closed-model.ts';
import { runOpenModel } from './run-open-model.ts';
import { Tallies } from './tallies.ts';
import type { ThreadCommand, ThreadJob, ThreadMessage } from './thread-job.ts';

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
const total = model.kind === 'closed' ? model.users : model.connections;
const numbers = Array.from({ length: total }, (_, number) => number);
const connections: Connection[] = [];
// Each thread takes every `threads`th user.
const users = numbers
  .filter((number) => number % threads === thread)
  .map((number) => {
    const connection = new Connection(target);
    connections.push(connection);
    const random = createRandom(seed + number);
    return new LoadUser({ number, connection, target, timeoutMs, random, measurements, tallies });
  });

const run = async (): Promise<void> => {
  const ended = new AbortController();
  const end = (): void => ended.abort();
  const { signal } = ended;
  port.on('message', ({ kind }: ThreadCommand) => {
    if (kind === 'stop') end();
  });
  const options = { users, scenario, choose: createTaskChoice(scenario.tasks), measurements, signal };
  // Threads of the open model begin at different parts of a step.
  const offsetMs = model.kind === 'open' ? (thread * 1000) / model.rate : 0;
  const startMs = performance.now() + offsetMs;
  const endTimer = setTimeout(end, durationMs);
  const deadlines = setInterval(() => {
    for (const connection of connections) connection.checkDeadline(performance.now());
  }, deadlineCheckMs);
  signal.addEventListener('abort', () => {
    setTimeout(() => {
      for (const connection of connections) connection.close();
    }, gracefulStopMs).unref();
  });
  if (model.kind === 'closed') await runClosedModel({ ...options, startMs }, model.spawnRate);
  else await runOpenModel({ ...options, startMs }, model.rate / threads);
  clearTimeout(endTimer);
  clearInterval(deadlines);
};

const begin = async (): Promise<void> => {
  try {
    // Opened before the clock starts, so that no response time contains it.
    await Promise.all(connections.map((connection) => connection.open()));
  } catch (error) {
    send({ kind: 'unreachable', reason: error instanceof Error ? error.message : String(error) });
    return;
  }
  send({ kind: 'ready' });
  port.once('message', ({ kind }: ThreadCommand) => {
    if (kind === 'start')
      run()
        .then(() => {
          for (const connection of connections) connection.close();
          const names = [...tallies.names.values()].map(({ response, ...rest }) => ({
            ...rest,
            memory: response.memory,
          }));
          send({ kind: 'done', failures: tallies.failures, numbers: tallies.numbers, names });
          port.close();
        })
        .catch((error: unknown) => {
          throw error;
        });
    else port.close();
  });
};

await begin();
