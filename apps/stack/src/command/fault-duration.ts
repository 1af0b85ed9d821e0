import { StartError } from '@tripod/shared/errors/start-error';
import type { ControlRequest } from '@tripod/stack-client/protocol';

const maxMs = 3_600_000;

/** The setting of commands that arm a fault. */
export const forMsSetting = {
  type: 'integer',
  minimum: 1,
  maximum: maxMs,
  environment: false,
  description: 'Undo it after this time; default: it lasts until it is undone, or the process ends',
} as const;

/** The duration in a request; undefined when the fault lasts until it is undone. Throws a StartError. */
export const forMsIn = ({ forMs }: ControlRequest): number | undefined => {
  if (forMs === undefined) return undefined;
  if (typeof forMs === 'number' && Number.isInteger(forMs) && forMs >= 1 && forMs <= maxMs) return forMs;
  throw new StartError(`forMs must be a whole number from 1 to ${maxMs}, and is ${JSON.stringify(forMs)}.`);
};

/** The end of a sentence: `for 500 ms`, or `until: pnpm stack heal api-2`. */
export const untilWhen = (forMs: number | undefined, undoCommand: string): string =>
  forMs === undefined ? `until: ${undoCommand}` : `for ${forMs} ms`;
