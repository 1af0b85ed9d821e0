import { databaseErrors } from '@tripod/database/error-table';
import { personErrors } from '../../src/people/person-errors.ts';
import { requestErrors } from '../../src/resource/request-errors.ts';
import { type AskedRequest, post } from '../support/asked-request.ts';

const target = '/pessoas';
const person = { apelido: 'zé', nome: 'José Roberto', nascimento: '2000-10-01', stack: ['C#', 'Node'] };
const add = post(JSON.stringify(person));
const unknownId = '11111111-1111-4111-8111-111111111111';
const knownId = '22222222-2222-4222-8222-222222222222';
const someone = `${target}/${unknownId}`;
const known: readonly AskedRequest[] = [
  { target, init: add, expected: 201 },
  { target, init: add, expected: personErrors.API_PERSON_TAKEN },
];

/** Run in the database of the copy `ready` before the requests. */
export const preparation = `insert into people (id, apelido, nome, nascimento, search)
  values ('${knownId}', 'known', 'Known', '2000-01-01', 'known')`;

/** Requests to every operation of people, for every answer that OpenAPI describes. */
export const askedRequests: readonly AskedRequest[] = [
  ...known,
  { target: `${target}?indent=11`, init: add, expected: requestErrors.API_INDENT_INVALID },
  { target, init: post('{'), expected: requestErrors.API_BODY_NOT_JSON },
  { target, init: post('{}'), expected: personErrors.API_PERSON_INVALID },
  { target, init: post('{"nome":1}'), expected: personErrors.API_PERSON_MALFORMED },
  { target, init: post(`"${'x'.repeat(70_000)}"`), expected: requestErrors.API_BODY_TOO_LARGE },
  {
    target,
    init: post('x', { 'Content-Encoding': 'gzip' }),
    expected: requestErrors.API_BODY_ENCODING_UNSUPPORTED,
  },
  { target, init: add, expected: databaseErrors.API_DURABILITY_OFF, copy: 'unsafe' },
  { target, init: add, expected: databaseErrors.API_DATABASE_UNAVAILABLE, copy: 'away' },
  { target, init: add, expected: databaseErrors.API_WRITE_UNCERTAIN, copy: 'uncertain' },
  { target: `${target}?t=node`, expected: 200 },
  { target: `${target}?t=node`, init: { headers: { 'If-None-Match': '*' } }, expected: 304 },
  { target: `${target}?t=node&indent=11`, expected: requestErrors.API_INDENT_INVALID },
  { target, expected: personErrors.API_TERM_MISSING },
  { target: `${target}?t=node`, expected: databaseErrors.API_DATABASE_UNAVAILABLE, copy: 'away' },
  { target: `${target}/${knownId}`, expected: 200 },
  { target: `${target}/${knownId}`, init: { headers: { 'If-None-Match': '*' } }, expected: 304 },
  { target: someone, expected: personErrors.API_PERSON_NOT_FOUND },
  { target: `${someone}?indent=11`, expected: requestErrors.API_INDENT_INVALID },
  { target: someone, expected: databaseErrors.API_DATABASE_UNAVAILABLE, copy: 'away' },
  { target: '/contagem-pessoas', expected: 200 },
  { target: '/contagem-pessoas?indent=11', expected: requestErrors.API_INDENT_INVALID },
  { target: '/contagem-pessoas', expected: databaseErrors.API_DATABASE_UNAVAILABLE, copy: 'away' },
];
