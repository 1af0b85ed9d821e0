import type { Clock } from '../async/clock.ts';
import type { FaultInjector } from '../faults/inject-faults.ts';
import { createLoopDelayMeter } from './loop-delay.ts';
import { isTaskOrder, type Task, type TaskAnswer } from './supervision.ts';

/** Carries out the tasks that the supervisor of this process sends over the IPC channel, and answers each. */
export const carryOutTasks = (injector: FaultInjector, clock: Clock): void => {
  const measureLoop = createLoopDelayMeter(clock);
  const answer = (id: number, result?: unknown, onSent: () => void = () => undefined): void => {
    const message: TaskAnswer = { type: 'task-done', id, result };
    // When the supervisor has exited, 'disconnect' stops the service, so a failure to send can be ignored.
    process.send?.(message, undefined, undefined, onSent);
  };
  const carryOut = (id: number, task: Task): void => {
    if (task.kind === 'measure-loop') answer(id, measureLoop());
    else if (task.kind === 'heal') {
      injector.heal(task.fault);
      answer(id);
    } else if (task.fault.kind === 'block') {
      const { fault } = task;
      // Once the event loop is blocked nothing can be sent.
      answer(id, undefined, () => injector.inject(fault));
    } else {
      injector.inject(task.fault);
      answer(id);
    }
  };
  process.on('message', (message) => {
    if (isTaskOrder(message)) carryOut(message.id, message.task);
  });
};
