import { stateErrors } from '@tripod/state/store/state-errors';
import { jobErrors } from '../../src/jobs/job-errors.ts';
import { requestErrors } from '../../src/resource/request-errors.ts';
import { type AskedRequest, post } from '../support/asked-request.ts';
import { askForReadFailures, askForWriteFailures } from '../support/state-requests.ts';

const add = post('{"job":"resize"}');

export const askedRequests: readonly AskedRequest[] = [
  { target: '/enqueue?job=resize', expected: 200 },
  { target: '/enqueue', expected: requestErrors.API_QUERY_INVALID },
  { target: '/enqueue?job=resize&indent=x', expected: requestErrors.API_INDENT_INVALID },
  { target: '/enqueue?job=resize', expected: stateErrors.API_JOBS_FULL, copy: 'stateFull' },
  ...askForWriteFailures({ target: '/enqueue?job=resize' }),
  { target: '/jobs', init: add, expected: 201 },
  { target: '/jobs?indent=x', init: add, expected: requestErrors.API_INDENT_INVALID },
  { target: '/jobs', init: post('{'), expected: requestErrors.API_BODY_NOT_JSON },
  { target: '/jobs', init: post('{}'), expected: jobErrors.API_JOB_INVALID },
  { target: '/jobs', init: post(`"${'x'.repeat(70_000)}"`), expected: requestErrors.API_BODY_TOO_LARGE },
  {
    target: '/jobs',
    init: post('x', { 'Content-Encoding': 'gzip' }),
    expected: requestErrors.API_BODY_ENCODING_UNSUPPORTED,
  },
  { target: '/jobs', init: add, expected: stateErrors.API_JOBS_FULL, copy: 'stateFull' },
  ...askForWriteFailures({ target: '/jobs', init: add }),
  { target: '/jobs', expected: 200 },
  { target: '/jobs?indent=x', expected: requestErrors.API_INDENT_INVALID },
  ...askForReadFailures({ target: '/jobs' }),
];
