import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '@tripod/shared/async/clock';
import { createDateLine } from '@tripod/shared/http/date-line';
import type { RequestObserver } from '@tripod/shared/http/observe-requests';
import { headOf, writeAnswerHead } from './answer-head.ts';
import { chooseAnswer } from './choose-answer.ts';
import type { Coding } from './content-coding.ts';
import type { FileIndex } from './file-index.ts';
import { createHeadWriter } from './ready-head.ts';
import { endWithStored } from './send-stored.ts';

export type AnswerHitOptions = {
  readonly index: FileIndex;
  readonly observer: RequestObserver;
  readonly readCodings: (acceptEncoding: string | undefined) => readonly Coding[];
  readonly clock: Clock;
};

/** An answer of more than this is watched to its end; of less, it is over when it was written. */
const maxUnwatchedBytes = 65_536;

/**
 * Makes the way of a hit: a file in memory, asked for by a plain URL, is answered at once and in one go. Returns
 * false, with nothing done, for all else: that is Express's. Both ways share the rules and the headers.
 */
export const createHitAnswerer = ({ index, observer, readCodings, clock }: AnswerHitOptions) => {
  const writeReadyHead = createHeadWriter(createDateLine(clock));
  return function answerHit(request: IncomingMessage, response: ServerResponse): boolean {
    const { method, url = '' } = request;
    if (method !== 'GET' && method !== 'HEAD') return false;
    const file = index.findFresh(url, clock.monotonicMs());
    if (file === undefined) return false;
    const { headers } = request;
    // Their failures are errors, which Express answers.
    const mayFail =
      headers.range !== undefined ||
      headers['if-match'] !== undefined ||
      headers['if-unmodified-since'] !== undefined;
    if (mayFail) return false;
    const observed = observer.begin(request);
    const answer = chooseAnswer(request, file, readCodings(headers['accept-encoding']?.toString()));
    const { status, form } = answer;
    const bytes = method === 'HEAD' || status === 304 ? 0 : form.size;
    const isLong = bytes > maxUnwatchedBytes;
    if (isLong) {
      observer.watch(observed, response);
      writeAnswerHead(response, observed.requestId, answer);
    } else writeReadyHead(response, status, headOf(answer), observed.requestId);
    endWithStored(request, response, file, answer);
    if (!isLong) observer.end(observed, status, bytes);
    return true;
  };
};
