import type { IncomingMessage, ServerResponse } from 'node:http';
import { requestIdFor } from '@tripod/shared/http/observe-requests';
import type { Logger } from '@tripod/shared/logging/logger';
import { writeAnswerHead } from './answer-head.ts';
import type { ByteRange } from './byte-range.ts';
import { chooseAnswer } from './choose-answer.ts';
import type { Coding } from './content-coding.ts';
import { fromDiskError } from './disk-error.ts';
import { type DescribeFile, describeRepresentation, versionTagOf } from './file-headers.ts';
import type { OpenFile } from './find-file.ts';
import type { RequestedPath } from './resolve-path.ts';
import { ClientGoneError, FileChangedError, sendBytes } from './send-file.ts';

/**
 * Sends an open file, or a part of it. `writeHead` is called when nothing can go wrong any more, or with the first of
 * many pieces; a failure after that is logged, and the connection cut.
 */
export const sendOpenBody = async (
  request: IncomingMessage,
  response: ServerResponse,
  open: OpenFile,
  { range, writeHead, logger }: { range?: ByteRange | undefined; writeHead: () => void; logger: Logger },
): Promise<void> => {
  const size = Number(open.stats.size);
  if (request.method === 'HEAD') {
    writeHead();
    response.end();
    return;
  }
  try {
    await sendBytes(response, open, range ?? { first: 0, last: size - 1 }, writeHead);
  } catch (error) {
    if (error instanceof ClientGoneError) return;
    if (!response.destroyed) throw error instanceof FileChangedError ? error : fromDiskError(error);
    logger.error('an answer was broken off', { requestId: requestIdFor(response), error });
  }
};

export type SendOpenedOptions = {
  readonly path: RequestedPath;
  readonly codings: readonly Coding[];
  readonly describe: DescribeFile;
  readonly logger: Logger;
};

/** Answers with a file from the disk, and closes it. It has one form: its own bytes. */
export const sendOpened = async (
  request: IncomingMessage,
  response: ServerResponse,
  open: OpenFile,
  { path, codings, describe, logger }: SendOpenedOptions,
): Promise<void> => {
  try {
    const { stats } = open;
    const form = { coding: undefined, etag: versionTagOf(stats), size: Number(stats.size) };
    const identity = describeRepresentation(describe(path, stats), form);
    const answer = chooseAnswer(request, { identity, formFor: () => identity }, codings);
    const writeHead = (): void => writeAnswerHead(response, requestIdFor(response), answer);
    if (answer.status === 304) {
      writeHead();
      response.end();
      return;
    }
    await sendOpenBody(request, response, open, { range: answer.range, writeHead, logger });
  } finally {
    await open.file.close();
  }
};
