import type { ErrorDefinition } from '@tripod/shared/errors/define-errors';
import { httpErrors } from '@tripod/shared/http/http-errors';

/** Which message is read. */
export type MessageSide = 'request' | 'response';

/** A message breaks the grammar or exceeds a limit. Nothing more may be read from its connection. */
export class MessageError extends Error {
  /** What the sender of a request is told; undefined for a response. */
  readonly definition: ErrorDefinition | undefined;

  constructor(definition: ErrorDefinition | undefined, reason: string) {
    super(reason);
    this.name = 'MessageError';
    this.definition = definition;
  }

  /** The code of the definition. */
  get code(): string | undefined {
    return this.definition?.code;
  }
}

/** The error for a message that breaks the grammar; `reason` is a sentence for the client or the log. */
export const malformed = (side: MessageSide, reason: string): MessageError =>
  new MessageError(side === 'request' ? httpErrors.REQUEST_INVALID : undefined, reason);
