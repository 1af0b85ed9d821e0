import type { ChildProcess } from 'node:child_process';
import type { Clock } from '@tripod/shared/async/clock';
import { StartError } from '@tripod/shared/errors/start-error';
import { isTaskAnswer, type Task, type TaskOrder } from '@tripod/shared/process/supervision';

/** Sends a task to a process and returns its answer. Throws a StartError when there is none within `timeoutMs`. */
export type SendTask = (task: Task, timeoutMs: number) => Promise<unknown>;

/** Sends tasks over the IPC channel of a child process. */
export const createTaskChannel = (child: ChildProcess, clock: Clock): SendTask => {
  const waiting = new Map<number, (result: unknown) => void>();
  const failing = new Set<(error: StartError) => void>();
  let lastId = 0;
  child.on('message', (message) => {
    if (isTaskAnswer(message)) waiting.get(message.id)?.(message.result);
  });
  child.once('exit', () => {
    for (const fail of failing) fail(new StartError('The process has ended.'));
  });
  return (task, timeoutMs) =>
    new Promise((resolve, reject) => {
      lastId += 1;
      const id = lastId;
      const settle = (): void => {
        timer.cancel();
        waiting.delete(id);
        failing.delete(fail);
      };
      const fail = (error: StartError): void => {
        settle();
        reject(error);
      };
      const timer = clock.after(timeoutMs, () =>
        fail(new StartError(`The process does not answer within ${timeoutMs / 1000} s.`)),
      );
      failing.add(fail);
      waiting.set(id, (result) => {
        settle();
        resolve(result);
      });
      const order: TaskOrder = { type: 'task', id, task };
      if (child.connected) child.send(order, () => undefined);
      else fail(new StartError('The process has ended.'));
    });
};
