import { databaseErrors } from '@tripod/database/error-table';
import { imageErrors } from '../../src/images/image-errors.ts';
import { requestErrors } from '../../src/resource/request-errors.ts';
import { cat } from '../support/api.ts';
import { type AskedRequest, post } from '../support/asked-request.ts';

const target = '/images.json';
const addCat = post(JSON.stringify(cat));

/** Requests to every operation of images, for every answer that OpenAPI describes. */
export const askedRequests: readonly AskedRequest[] = [
  { target, expected: 200 },
  { target: `${target}?limit=1`, expected: 200 },
  { target: `${target}?indent=10&limit=1000`, expected: 200 },
  { target, init: { headers: { 'If-None-Match': '*' } }, expected: 304 },
  { target: `${target}?indent=11`, expected: requestErrors.API_INDENT_INVALID },
  { target: `${target}?limit=1001`, expected: requestErrors.API_LIMIT_INVALID },
  { target: `${target}?limit=1&after=x`, expected: requestErrors.API_CURSOR_INVALID },
  { target: `${target}?limit=1&position=2`, expected: 200 },
  { target: `${target}?limit=1&position=0`, expected: requestErrors.API_QUERY_INVALID },
  { target, expected: databaseErrors.API_DATABASE_UNAVAILABLE, copy: 'away' },
  { target, init: addCat, expected: 200 },
  { target: `${target}?indent=11`, init: addCat, expected: requestErrors.API_INDENT_INVALID },
  { target, init: post('{'), expected: requestErrors.API_BODY_NOT_JSON },
  { target, init: post('{"title":5,"x":1}'), expected: imageErrors.API_IMAGE_INVALID },
  { target, init: post(`{"title":"${'x'.repeat(70_000)}"}`), expected: requestErrors.API_BODY_TOO_LARGE },
  {
    target,
    init: post('x', { 'Content-Encoding': 'gzip' }),
    expected: requestErrors.API_BODY_ENCODING_UNSUPPORTED,
  },
  { target, init: addCat, expected: databaseErrors.API_DURABILITY_OFF, copy: 'unsafe' },
  { target, init: addCat, expected: databaseErrors.API_DATABASE_UNAVAILABLE, copy: 'away' },
  { target, init: addCat, expected: databaseErrors.API_WRITE_UNCERTAIN, copy: 'uncertain' },
];
