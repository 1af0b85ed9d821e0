import { stateMigrations } from '@tripod/state/postgres/state-migrations';
import { stateErrors } from '@tripod/state/store/state-errors';
import type { ResourceDefinition } from '../resource/define-resource.ts';
import type { Operation } from '../resource/operation.ts';
import { stateReadFailures, stateWriteFailures } from '../resource/state-failures.ts';
import { jobErrors } from './job-errors.ts';

const nameSchema = { type: 'string', minLength: 1, maxLength: 200, format: 'plain-text' } as const;
const countSchema = { type: 'integer', minimum: 0 } as const;

export const jobSchema = {
  type: 'object',
  required: ['job'],
  additionalProperties: false,
  properties: { job: nameSchema },
} as const;

export const enqueuedJobSchema = {
  type: 'object',
  required: ['enqueued', 'id'],
  additionalProperties: false,
  properties: { enqueued: nameSchema, id: { type: 'integer', minimum: 1 } },
} as const;

export const jobCountsSchema = {
  type: 'object',
  required: ['waiting', 'running', 'done', 'failed'],
  additionalProperties: false,
  properties: { waiting: countSchema, running: countSchema, done: countSchema, failed: countSchema },
} as const;

const enqueueFailures = [...stateWriteFailures, stateErrors.API_JOBS_FULL];

/** The jobs of the sessions lab, for the workers: `/enqueue` and `/jobs`. */
export const jobs: ResourceDefinition = {
  name: 'jobs',
  summary: 'Jobs that workers do.',
  errors: jobErrors,
  schemas: { Job: jobSchema, EnqueuedJob: enqueuedJobSchema, JobCounts: jobCountsSchema },
  migrations: { folder: stateMigrations.jobs },
  demo: (number) => ({ job: `demo-${number + 1}` }),
  create: ({ state }) => {
    const enqueue = async (name: string) => ({ enqueued: name, ...(await state.jobs.enqueue(name)) });
    const enqueueJob: Operation<{ readonly job: string }> = {
      name: 'enqueueJob',
      method: 'GET',
      path: '/enqueue',
      summary: 'Adds a job, from the address bar',
      query: { job: { description: 'A name of 1 to 200 characters', schema: nameSchema, required: true } },
      cache: 'no-store',
      responses: { 200: { description: 'The job, once it is stored', schema: enqueuedJobSchema } },
      errors: enqueueFailures,
      handle: async ({ query }) => ({ json: await enqueue(query.job) }),
    };
    const addJob: Operation<unknown, { readonly job: string }> = {
      name: 'addJob',
      method: 'POST',
      path: '/jobs',
      summary: 'Adds a job',
      body: {
        schema: jobSchema,
        error: jobErrors.API_JOB_INVALID,
        detail: 'A job is an object with its name in the field job.',
      },
      responses: { 201: { description: 'The job, once it is stored', schema: enqueuedJobSchema } },
      errors: enqueueFailures,
      handle: async ({ body }) => ({ status: 201, json: await enqueue(body.job) }),
    };
    const countJobs: Operation = {
      name: 'countJobs',
      method: 'GET',
      path: '/jobs',
      summary: 'How many jobs wait, run, are done and have failed',
      cache: 'no-store',
      responses: { 200: { description: 'The numbers', schema: jobCountsSchema } },
      errors: stateReadFailures,
      handle: async () => ({ json: await state.jobs.counts() }),
    };
    return { operations: [enqueueJob, addJob, countJobs] };
  },
};
