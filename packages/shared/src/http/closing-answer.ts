import { STATUS_CODES } from 'node:http';
import type { AppError } from '../errors/app-error.ts';
import { renderProblem } from './problem.ts';
import { requestIdOf } from './request-id.ts';

/** Renders an error as a complete HTTP/1.1 response with `Connection: close`, for input that could not be parsed. */
export const closingAnswer = (error: AppError, requestId = requestIdOf(undefined)): string => {
  const { status, headers, body } = renderProblem(error, { requestId });
  const lines = Object.entries({ Date: new Date().toUTCString(), ...headers, Connection: 'close' });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head}\r\n${body}`;
};
