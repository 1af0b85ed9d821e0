import { keyErrors } from '../../src/keys/key-errors.ts';
import { requestErrors } from '../../src/resource/request-errors.ts';
import type { AskedRequest } from '../support/asked-request.ts';
import { askForReadFailures, askForWriteFailures } from '../support/state-requests.ts';

export const askedRequests: readonly AskedRequest[] = [
  { target: '/set?key=color&value=blue', expected: 200 },
  { target: '/set?key=color', expected: requestErrors.API_QUERY_INVALID },
  { target: '/set?key=color&value=blue&indent=x', expected: requestErrors.API_INDENT_INVALID },
  ...askForWriteFailures({ target: '/set?key=color&value=blue' }),
  { target: '/get?key=color', expected: 200 },
  { target: '/get?key=never-set', expected: keyErrors.API_KEY_NOT_FOUND },
  { target: '/get', expected: requestErrors.API_QUERY_INVALID },
  { target: '/get?key=color&indent=x', expected: requestErrors.API_INDENT_INVALID },
  ...askForReadFailures({ target: '/get?key=color' }),
];
