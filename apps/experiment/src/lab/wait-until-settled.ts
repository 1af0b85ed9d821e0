import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from '@tripod/shared/errors/start-error';
import type { LabStack, StackRow } from './lab-stack.ts';

const maxWaitMs = 60_000;
const pollMs = 100;

/** Whether a process serves, and the load balancer sends it requests as far as it reports. */
const isServing = ({ state, upstream }: StackRow): boolean =>
  state === 'ready' && (upstream === undefined || upstream.state === 'available');

/** Waits until every process of the stack serves, and returns those that do not when the time is over. */
export const findUnsettled = async (
  stack: LabStack,
  withinMs: number,
): Promise<{ readonly rows: readonly StackRow[]; readonly waiting: readonly StackRow[] }> => {
  const deadlineMs = performance.now() + withinMs;
  for (;;) {
    const rows = await stack.ps();
    const waiting = rows.filter((row) => !isServing(row));
    if (waiting.length === 0 || performance.now() > deadlineMs) return { rows, waiting };
    await sleep(pollMs);
  }
};

/** Waits until every process of the stack serves. Throws a StartError that names those that do not after 60 s. */
export const waitUntilSettled = async (stack: LabStack): Promise<readonly StackRow[]> => {
  const { rows, waiting } = await findUnsettled(stack, maxWaitMs);
  if (waiting.length === 0) return rows;
  const names = waiting.map(({ name, state, upstream }) => `${name} (${upstream?.state ?? state})`);
  throw new StartError(`After ${maxWaitMs / 1000} s these do not serve: ${names.join(', ')}.`);
};
