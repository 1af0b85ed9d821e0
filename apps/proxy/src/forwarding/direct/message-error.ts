import type { ErrorDefinition } from '@tripod/shared/errors/define-errors';

/** A message that breaks the grammar or a limit. Nothing more is read from the connection that it came on. */
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
