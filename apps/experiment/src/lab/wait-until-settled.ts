import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from '@tripod/shared/errors/start-error';
import type { LabStack, StackRow } from './lab-stack.ts';

const maxWaitMs = 60_000;
const pollMs = 250;

/** Whether a process serves, and the load balancer sends it requests as far as it reports. */
const isServing = ({ state, upstream }: StackRow): boolean =>
  state === 'ready' && (upstream === undefined || upstream.state === 'available');

/** Waits until every process of the stack serves. Throws a StartError that names those that do not. */
export const waitUntilSettled = async (stack: LabStack): Promise<readonly StackRow[]> => {
  const deadlineMs = performance.now() + maxWaitMs;
  for (;;) {
    const rows = await stack.ps();
    const waiting = rows.filter((row) => !isServing(row));
    if (waiting.length === 0) return rows;
    if (performance.now() > deadlineMs) {
      const names = waiting.map(({ name, state, upstream }) => `${name} (${upstream?.state ?? state})`);
      throw new StartError(`After ${maxWaitMs / 1000} s these do not serve: ${names.join(', ')}.`);
    }
    await sleep(pollMs);
  }
};
