import { requestErrors } from '../../src/resource/request-errors.ts';
import type { AskedRequest } from '../support/asked-request.ts';
import { askForWriteFailures } from '../support/state-requests.ts';

export const askedRequests: readonly AskedRequest[] = [
  { target: '/', expected: 200 },
  { target: '/?indent=x', expected: requestErrors.API_INDENT_INVALID },
  ...askForWriteFailures({ target: '/' }),
];
