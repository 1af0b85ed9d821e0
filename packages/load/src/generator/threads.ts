import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { StartError } from '@tripod/shared/errors/start-error';
import { Measurements } from '../measure/measurements.ts';
import type { LoadModel, ThreadCommand, ThreadFigures, ThreadJob, ThreadMessage } from './thread-job.ts';

/** The threads of one run, whose connections are open. */
export class Threads {
  /** Resolves with what they counted when all have ended. Rejects when one has crashed. */
  readonly done: Promise<readonly ThreadFigures[]>;
  readonly #workers: readonly Worker[];
  readonly #measurements: readonly Measurements[];

  private constructor(workers: readonly Worker[], measurements: readonly Measurements[]) {
    this.#workers = workers;
    this.#measurements = measurements;
    this.done = this.#receive('done');
    // A crash before the caller awaits it must not end the process.
    this.done.catch(() => undefined);
  }

  /** Starts them, and waits until all have opened their connections. Throws a StartError when they can't. */
  static async start(job: Omit<ThreadJob, 'thread' | 'memory'>): Promise<Threads> {
    const measurements = Array.from({ length: job.threads }, () => new Measurements());
    const workers = measurements.map(({ memory }, thread) => {
      const workerData: ThreadJob = { ...job, thread, memory };
      return new Worker(new URL('thread.ts', import.meta.url), { workerData });
    });
    const end = async (): Promise<void> => void (await Promise.all(workers.map((one) => one.terminate())));
    try {
      const messages = await Promise.all(
        workers.map(async (worker) => (await once(worker, 'message'))[0] as ThreadMessage),
      );
      for (const message of messages)
        if (message.kind === 'unreachable') {
          const where = `http://${job.target.hostname}:${job.target.port}`;
          throw new StartError(`nothing can be measured at ${where}: ${message.reason}. Is it running?`);
        }
    } catch (error) {
      await end();
      throw error;
    }
    return new Threads(workers, measurements);
  }

  get sums(): Measurements {
    return Measurements.sum(this.#measurements);
  }

  begin(): void {
    this.#send({ kind: 'start' });
  }

  /** Ends the run; `done` follows when the requests in flight have ended, after 2 s at most. */
  stop(): void {
    this.#send({ kind: 'stop' });
  }

  change(model: LoadModel): void {
    this.#send({ kind: 'change', model });
  }

  /** What they have counted so far. */
  async report(): Promise<readonly ThreadFigures[]> {
    const figures = this.#receive('figures');
    this.#send({ kind: 'report' });
    // A thread that has ended meanwhile does not answer.
    return await Promise.race([figures, this.done]);
  }

  async terminate(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #send(command: ThreadCommand): void {
    for (const worker of this.#workers) worker.postMessage(command);
  }

  #receive(kind: 'figures' | 'done'): Promise<readonly ThreadFigures[]> {
    return Promise.all(
      this.#workers.map(
        (worker) =>
          new Promise<ThreadFigures>((resolve, reject) => {
            const receive = (message: ThreadMessage): void => {
              if (message.kind !== kind) return;
              worker.off('message', receive).off('error', reject);
              resolve(message.figures);
            };
            worker.on('message', receive).once('error', reject);
          }),
      ),
    );
  }
}
