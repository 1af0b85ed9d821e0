import { databaseErrors } from '@tripod/database/error-table';
import { stateErrors } from '@tripod/state/store/state-errors';
import type { AskedRequest } from './asked-request.ts';

type Asked = Pick<AskedRequest, 'target' | 'init'>;

/** The failures of an operation that reads shared state. */
export const askForReadFailures = (asked: Asked): readonly AskedRequest[] => [
  { ...asked, expected: databaseErrors.API_DATABASE_UNAVAILABLE, copy: 'away' },
  { ...asked, expected: stateErrors.API_STATE_UNAVAILABLE, copy: 'stateAway' },
];

/** The failures of an operation that changes shared state. */
export const askForWriteFailures = (asked: Asked): readonly AskedRequest[] => [
  ...askForReadFailures(asked),
  { ...asked, expected: databaseErrors.API_DURABILITY_OFF, copy: 'unsafe' },
  { ...asked, expected: databaseErrors.API_WRITE_UNCERTAIN, copy: 'uncertain' },
];
