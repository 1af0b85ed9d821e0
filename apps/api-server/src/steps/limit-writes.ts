import type { Clock } from '@tripod/shared/async/clock';
import { AppError } from '@tripod/shared/errors/app-error';
import type { OperationStep } from '../resource/operation.ts';
import { createRateLimiter } from './rate-limiter.ts';
import { writeErrors } from './write-errors.ts';

/** About 2 MB. */
const maxAddresses = 10_000;

/** Each client address may send so many POSTs per second. All operations share its allowance, on this copy. */
export const limitWrites = (perSecond: number, clock: Clock): OperationStep => {
  const limiter = createRateLimiter({ perSecond, maxKeys: maxAddresses, clock });
  const checkLimit = (address: string): void => {
    const waitMs = limiter.take(address);
    if (waitMs === 0) return;
    throw new AppError(writeErrors.API_WRITE_LIMIT, {
      detail: `At most ${perSecond} writes per second are allowed from one address.`,
      headers: { 'Retry-After': String(Math.max(1, Math.ceil(waitMs / 1000))) },
    });
  };
  return (operation) =>
    operation.method === 'POST'
      ? {
          ...operation,
          errors: [...(operation.errors ?? []), writeErrors.API_WRITE_LIMIT],
          guards: [({ clientAddress }) => checkLimit(clientAddress), ...(operation.guards ?? [])],
        }
      : operation;
};
