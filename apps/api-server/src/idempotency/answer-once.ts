import { createHash } from 'node:crypto';
import type { Database } from '@tripod/database/database';
import { sqlStateOf } from '@tripod/database/database-errors';
import { AppError } from '@tripod/shared/errors/app-error';
import type { Answer, Operation, OperationRequest, OperationStep, Parameter } from '../resource/operation.ts';
import { idempotencyErrors } from './idempotency-errors.ts';

export type AnswerOnceOptions = {
  readonly database: Database;
  /** Returns the operation of this name over another database: the transaction that also keeps the answer. */
  readonly bindOperation: (name: string, database: Database) => Operation;
  /** From 0 up to 1. */
  readonly random: () => number;
};

const header = 'idempotency-key';
const keyParameter: Parameter = {
  description:
    'The same key with the same body gets the same answer for 24 hours, and the work is done once. An error is not kept.',
  schema: { type: 'string', pattern: '^[!-~]{1,255}$' },
};

const checkKey = ({ headers }: OperationRequest): void => {
  const key = headers[header];
  if (key === undefined || (typeof key === 'string' && /^[!-~]{1,255}$/.test(key))) return;
  throw new AppError(idempotencyErrors.API_IDEMPOTENCY_KEY_INVALID, {
    detail: 'Idempotency-Key must be sent once, with 1 to 255 visible ASCII characters.',
  });
};

/** Waits for another transaction with the same key to end. A key of more than 24 hours is as good as new. */
const claimKey = `insert into idempotency_keys as kept (key, fingerprint) values ($1, $2)
  on conflict (key) do update set fingerprint = excluded.fingerprint, answer = null, created_at = now()
    where kept.created_at < now() - interval '24 hours'
  returning key`;
const findAnswer = 'select fingerprint, answer from idempotency_keys where key = $1';
const keepAnswer = 'update idempotency_keys set answer = $2 where key = $1';
const removeOldKeys = `delete from idempotency_keys where key in (
  select key from idempotency_keys where created_at < now() - interval '24 hours'
  order by created_at limit 1000 for update skip locked)`;
/** One claim in so many removes up to 1000 old keys, so that they are removed ten times as fast as they are added. */
const claimsPerRemoval = 100;

const fingerprintOf = ({ name }: Operation, { params, body }: OperationRequest): string =>
  createHash('sha256')
    .update(JSON.stringify([name, params, body]))
    .digest('hex');

/** Converts the failure of a claim: SQLSTATE 55P03 means that the wait for the other request took too long. */
const toClaimFailure = (error: unknown): unknown =>
  error instanceof AppError && sqlStateOf(error.cause) === '55P03'
    ? new AppError(idempotencyErrors.API_IDEMPOTENCY_RUNNING, {
        detail: 'The first request with this Idempotency-Key is still running.',
        headers: { 'Retry-After': '1' },
        cause: error,
      })
    : error;

type Kept = { readonly fingerprint: string; readonly answer: string };

/**
 * Every POST may have an Idempotency-Key. The work and its answer are committed in one transaction, so that the work is
 * done exactly once even when the copy is killed between. A second request with the key waits for the first; after the
 * lock timeout of the database, 2 s, it is refused with 409. What fails is rolled back and may be sent again.
 */
export const answerOnce = ({ database, bindOperation, random }: AnswerOnceOptions): OperationStep => {
  const replay = async (bound: Database, key: string, fingerprint: string): Promise<Answer> => {
    const { rows } = await bound.read({ text: findAnswer, values: [key] });
    const kept = rows[0] as Kept;
    if (kept.fingerprint === fingerprint) return JSON.parse(kept.answer) as Answer;
    throw new AppError(idempotencyErrors.API_IDEMPOTENCY_MISMATCH, {
      detail: 'This Idempotency-Key was sent with another body or to another path.',
    });
  };
  const handleOnce = (operation: Operation, request: OperationRequest, key: string): Promise<Answer> => {
    const fingerprint = fingerprintOf(operation, request);
    return database.transaction(async (bound) => {
      const claim = bound.write({ text: claimKey, values: [key, fingerprint] });
      const { rows } = await claim.catch((error: unknown) => {
        throw toClaimFailure(error);
      });
      if (rows.length === 0) return replay(bound, key, fingerprint);
      const answer = await bindOperation(operation.name, bound).handle(request);
      await bound.write({ text: keepAnswer, values: [key, JSON.stringify(answer)] });
      if (random() < 1 / claimsPerRemoval) await bound.write({ text: removeOldKeys });
      return answer;
    });
  };
  return (operation) =>
    operation.method === 'POST'
      ? {
          ...operation,
          headers: { ...operation.headers, 'Idempotency-Key': keyParameter },
          errors: [
            ...(operation.errors ?? []),
            idempotencyErrors.API_IDEMPOTENCY_KEY_INVALID,
            idempotencyErrors.API_IDEMPOTENCY_RUNNING,
            idempotencyErrors.API_IDEMPOTENCY_MISMATCH,
          ],
          guards: [...(operation.guards ?? []), checkKey],
          handle: (request) => {
            const key = request.headers[header];
            return typeof key === 'string' ? handleOnce(operation, request, key) : operation.handle(request);
          },
        }
      : operation;
};
