import { createShutdownStack } from '@tripod/shared/process/shutdown-stack';
import type { Contestant, Place, Running } from '../definition/run.ts';
import { findProgram } from '../machine/find-program.ts';
import { readResidentMb } from '../machine/memory.ts';

/** A started contestant. */
export type StartedContestant = {
  readonly contestant: Contestant;
  readonly running: Running;
  /** Memory when it was ready, before its first request. */
  readonly idleMb: number | undefined;
  stop(): Promise<void>;
};

/** A contestant that was not started, and why. */
export type Absent = { readonly name: string; readonly why: string; readonly failed: boolean };

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Starts a contestant that can be stopped separately. Throws when it does not start. */
export const startContestant = async (
  contestant: Contestant,
  place: Place,
  urls: readonly string[],
): Promise<StartedContestant> => {
  const stack = createShutdownStack();
  place.stack.push(contestant.name, () => stack.unwind());
  const running = await contestant.start({ ...place, stack }, urls);
  return { contestant, running, idleMb: readResidentMb(running.pids), stop: () => stack.unwind() };
};

/** Starts every contestant that can be started. */
export const startContestants = async (
  contestants: readonly Contestant[],
  place: Place,
  { urls, path }: { readonly urls: readonly string[]; readonly path: string },
): Promise<{ readonly started: readonly StartedContestant[]; readonly absent: readonly Absent[] }> => {
  const started: StartedContestant[] = [];
  const absent: Absent[] = [];
  for (const contestant of contestants) {
    const { name, programs = [] } = contestant;
    const missing = programs.find((program) => findProgram(program, path) === undefined);
    if (missing !== undefined) {
      absent.push({ name, why: `${missing} is not installed`, failed: false });
      continue;
    }
    try {
      started.push(await startContestant(contestant, place, urls));
    } catch (error) {
      absent.push({ name, why: messageOf(error), failed: true });
    }
  }
  return { started, absent };
};
