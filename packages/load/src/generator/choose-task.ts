import type { Task } from '../scenario/scenario.ts';

/** Returns a function that chooses a task by weight, given a number from 0 to below 1. */
export const createTaskChoice = (tasks: readonly Task[]): ((random: number) => Task) => {
  const total = tasks.reduce((sum, { weight = 1 }) => sum + weight, 0);
  return (random) => {
    let left = random * total;
    for (const task of tasks) {
      left -= task.weight ?? 1;
      if (left < 0) return task;
    }
    const [first] = tasks;
    if (first === undefined) throw new Error('a scenario needs a task');
    return first;
  };
};
