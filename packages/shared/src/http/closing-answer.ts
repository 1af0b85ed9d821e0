import { STATUS_CODES } from 'node:http';
import type { AppError } from '../errors/app-error.ts';
import { renderProblem } from './problem.ts';
import { requestIdOf } from './request-id.ts';

/** A whole answer as it goes over the wire, the last of its connection, to who sent no request that could be read. */
export const closingAnswer = (error: AppError, requestId = requestIdOf(undefined)): string => {
  const { status, headers, body } = renderProblem(error, { requestId });
  const lines = Object.entries({ Date: new Date().toUTCString(), ...headers, Connection: 'close' });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head}\r\n${body}`;
};
