import type { ErrorCode } from '@tripod/shared/errors/codes';

/** A message that breaks the grammar or a limit. Nothing more is read from the connection that it came on. */
export class MessageError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, reason: string) {
    super(reason);
    this.name = 'MessageError';
    this.code = code;
  }
}
