import type { ErrorDefinition } from '@tripod/shared/errors/define-errors';
import { httpErrors } from '@tripod/shared/http/http-errors';
import { forwardingErrors } from '../../forwarding-errors.ts';

/** Which message is read: a malformed request is the client's fault (400), a malformed response the upstream's (502). */
export type MessageSide = 'request' | 'response';

/** A message breaks the grammar or exceeds a limit. Nothing more may be read from its connection. */
export class MessageError extends Error {
  readonly code: string;
  readonly definition: ErrorDefinition;

  constructor(definition: ErrorDefinition, reason: string) {
    super(reason);
    this.name = 'MessageError';
    this.code = definition.code;
    this.definition = definition;
  }
}

/** The error for a message that breaks the grammar; `reason` is a sentence for the client or the log. */
export const malformed = (side: MessageSide, reason: string): MessageError =>
  new MessageError(
    side === 'request' ? httpErrors.REQUEST_INVALID : forwardingErrors.PROXY_UPSTREAM_FAILED,
    reason,
  );
