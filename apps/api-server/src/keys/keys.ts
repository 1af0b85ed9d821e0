import { AppError } from '@tripod/shared/errors/app-error';
import { stateMigrations } from '@tripod/state/postgres/state-migrations';
import type { ResourceDefinition } from '../resource/define-resource.ts';
import type { Formats } from '../resource/formats.ts';
import type { Operation } from '../resource/operation.ts';
import { stateReadFailures, stateWriteFailures } from '../resource/state-failures.ts';
import { keyErrors } from './key-errors.ts';

const keySchema = { type: 'string', minLength: 1, maxLength: 200, format: 'plain-text' } as const;
const valueSchema = { type: 'string', maxLength: 10_000, format: 'value-text' } as const;

const formats: Formats = {
  'value-text': {
    test: (text) => text.isWellFormed() && !/[^\P{Cc}\t\n\r]/u.test(text),
    detail: 'must have no lone surrogates, and no control characters other than tab and line breaks',
  },
};

export const keyValueSchema = {
  type: 'object',
  required: ['key', 'value'],
  additionalProperties: false,
  properties: { key: keySchema, value: valueSchema },
} as const;

const key = { description: 'A name of 1 to 200 characters', schema: keySchema, required: true } as const;
const value = { description: 'At most 10,000 characters', schema: valueSchema, required: true } as const;

/** The shared keys of the sessions lab: `/set` and `/get`. */
export const keys: ResourceDefinition = {
  name: 'keys',
  summary: 'Values by key, which every copy shares.',
  errors: keyErrors,
  schemas: { KeyValue: keyValueSchema },
  formats,
  migrations: { folder: stateMigrations.keys },
  create: ({ state }) => {
    const setKey: Operation<{ readonly key: string; readonly value: string }> = {
      name: 'setKey',
      method: 'GET',
      path: '/set',
      summary: 'Sets the value of a key',
      query: { key, value },
      cache: 'no-store',
      responses: { 200: { description: 'The key and its value', schema: keyValueSchema } },
      errors: stateWriteFailures,
      async handle({ query }) {
        await state.keys.set(query.key, query.value);
        return { json: { key: query.key, value: query.value } };
      },
    };
    const getKey: Operation<{ readonly key: string }> = {
      name: 'getKey',
      method: 'GET',
      path: '/get',
      summary: 'The value of a key',
      query: { key },
      cache: 'no-store',
      responses: { 200: { description: 'The key and its value', schema: keyValueSchema } },
      errors: [keyErrors.API_KEY_NOT_FOUND, ...stateReadFailures],
      async handle({ query }) {
        const found = await state.keys.get(query.key);
        if (found === undefined) {
          throw new AppError(keyErrors.API_KEY_NOT_FOUND, { detail: 'No value has been set for this key.' });
        }
        return { json: { key: query.key, value: found } };
      },
    };
    return { operations: [setKey, getKey] };
  },
};
