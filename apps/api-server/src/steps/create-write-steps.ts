import type { Clock } from '@tripod/shared/async/clock';
import type { OperationStep } from '../resource/operation.ts';
import { limitWrites } from './limit-writes.ts';
import { requireWriteToken } from './require-write-token.ts';

export type WriteRules = {
  /** Undefined: no token is needed. */
  readonly writeToken: string | undefined;
  /** Such as `10/s`. Undefined: no limit. */
  readonly writeLimit: string | undefined;
};

/** The rules for writes that the configuration asks for. The limit also counts requests without the right token. */
export const createWriteSteps = (
  { writeToken, writeLimit }: WriteRules,
  clock: Clock,
): readonly OperationStep[] => [
  ...(writeToken === undefined ? [] : [requireWriteToken(writeToken)]),
  ...(writeLimit === undefined ? [] : [limitWrites(Number.parseInt(writeLimit, 10), clock)]),
];
