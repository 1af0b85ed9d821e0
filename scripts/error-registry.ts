import { idempotencyErrors } from '@tripod/api-server/idempotency/idempotency-errors';
import { requestErrors } from '@tripod/api-server/resource/request-errors';
import { resources } from '@tripod/api-server/resources';
import { writeErrors } from '@tripod/api-server/steps/write-errors';
import { roomErrors } from '@tripod/control-room/errors/room-errors';
import { databaseErrors } from '@tripod/database/error-table';
import { adminErrors } from '@tripod/proxy/admin/admin-errors';
import { forwardingErrors } from '@tripod/proxy/forwarding/forwarding-errors';
import { routingErrors } from '@tripod/proxy/routing/routing-errors';
import { type ErrorDefinition, type ErrorTable, mergeErrorTables } from '@tripod/shared/errors/define-errors';
import { faultErrors } from '@tripod/shared/faults/fault-errors';
import { httpErrors } from '@tripod/shared/http/http-errors';
import { profileErrors } from '@tripod/shared/profiling/profile-errors';
import { stateErrors } from '@tripod/state/store/state-errors';
import { rangeErrors } from '@tripod/static-server/answer/byte-range';
import { preconditionErrors } from '@tripod/static-server/answer/choose-answer';
import { diskErrors } from '@tripod/static-server/files/disk-errors';
import { pathErrors } from '@tripod/static-server/path/request-target';

/** Every error table by the section of docs/reference/errors.md that shows it. */
export const errorSections: Readonly<Record<string, readonly ErrorTable[]>> = {
  'Every server': [httpErrors, profileErrors, faultErrors],
  'api-server': [
    requestErrors,
    writeErrors,
    idempotencyErrors,
    databaseErrors,
    stateErrors,
    ...resources.map(({ errors }) => errors),
  ],
  'static-server': [pathErrors, diskErrors, preconditionErrors, rangeErrors],
  proxy: [routingErrors, forwardingErrors],
  'The admin side of the proxy': [adminErrors],
  'control-room': [roomErrors],
};

/** Every error that a client can meet. Loading this file throws when a code is defined twice. */
export const allErrors: readonly ErrorDefinition[] = mergeErrorTables(Object.values(errorSections).flat());
