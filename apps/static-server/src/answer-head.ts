import type { ServerResponse } from 'node:http';
import type { Answer } from './choose-answer.ts';
import type { Representation } from './file-headers.ts';
import { headersFor, type ReadyHead } from './ready-head.ts';

/** The ready head of an answer, without what a part adds. */
export const headOf = ({ status, form }: Answer<Representation>): ReadyHead =>
  status === 304 ? form.notModifiedHead : form.okHead;

/** Writes the head of an answer, with the request's id. */
export const writeAnswerHead = (
  response: ServerResponse,
  requestId: string,
  answer: Answer<Representation>,
): void => {
  const { status, form, range } = answer;
  const headers = headersFor(headOf(answer), requestId);
  if (!range) {
    response.writeHead(status, headers);
    return;
  }
  const { first, last } = range;
  const whole = headers.lastIndexOf('Content-Length');
  const part = ['Content-Range', `bytes ${first}-${last}/${form.size}`];
  response.writeHead(status, [
    ...headers.toSpliced(whole, 2, ...part),
    'Content-Length',
    `${last + 1 - first}`,
  ]);
};
