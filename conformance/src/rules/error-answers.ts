import type { Case, LinePattern, Topic } from '../case/case.ts';
import { isAnswered, sends } from '../case/steps.ts';
import { resets, saysOk } from '../case/upstream-scripts.ts';
import { get, request } from '../wire/request-text.ts';

const nowhere = (...lines: readonly string[]): string => request('GET /nowhere', lines);

/** Of a 404 that the proxy itself answers. */
const row = (
  rule: string,
  send: string,
  has: readonly LinePattern[],
  more: Partial<Case['expect']> = {},
  lacks: readonly RegExp[] = [],
): Case => ({
  rule,
  send,
  expect: { status: 404 },
  ours: { has, lacks, ...more },
});

const date = /^date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/;
const problem = 'content-type: application/problem+json';
const page = /^content-type: text\/html/;

export const errorAnswers: Topic = {
  name: 'Answers of the proxy itself',
  cases: [
    row('an error is a problem (RFC 9457)', nowhere(), [problem], {
      body: /^\{"type":"urn:tripod:error:NOT_FOUND","title":".+","status":404/,
    }),
    row('an error has a length', nowhere(), [/^content-length: [1-9]/], { framing: 'length' }),
    row('an error is kept by nobody', nowhere(), ['cache-control: no-store']),
    row('an error is not to be sniffed at', nowhere(), ['x-content-type-options: nosniff']),
    row(
      'an error has a request id in head and body',
      nowhere('X-Request-Id: given-by-client'),
      ['x-request-id: given-by-client'],
      { body: /"requestId":"given-by-client"/ },
    ),
    row('an error depends on Accept and says so', nowhere(), [/^vary: Accept/i]),
    row(
      'a person in a browser gets a page',
      nowhere('Accept: text/html,application/xhtml+xml,*/*;q=0.8'),
      [page],
      { body: /^<!doctype html>/i },
    ),
    row('a program that takes anything gets a problem', nowhere('Accept: */*'), [problem]),
    row('who ranks JSON above HTML gets a problem', nowhere('Accept: text/html;q=0.5, application/json'), [
      problem,
    ]),
    row('a page has a policy that lets nothing run', nowhere('Accept: text/html'), [
      /^content-security-policy: default-src 'none'/,
    ]),
    row(
      'a page holds nothing of what was asked for',
      request('GET /<script>alert(1)</script>'.replace('<script>', '%3Cscript%3E'), ['Accept: text/html']),
      [page],
      { body: /^(?![\s\S]*alert)/ },
    ),
    {
      rule: 'an error of the proxy has a Date (RFC 9110 6.6.1)',
      send: nowhere(),
      expect: { status: 404, has: [date] },
    },
    { rule: 'a refusal has a Date', send: request('GET /~/a/../b'), expect: { status: 400, has: [date] } },
    { rule: 'a redirect has a Date', send: request('GET /~'), expect: { status: 308, has: [date] } },
    {
      rule: 'what is no request at all is answered with a Date',
      send: 'nonsense\r\n\r\n',
      expect: { status: 400, has: [date] },
    },
    {
      rule: 'a failed upstream is not told about in the answer',
      send: get(),
      upstreams: [[resets, saysOk]],
      expect: { status: 502, body: /^(?![\s\S]*(127\.0\.0\.1|ECONN|reset))/ },
      ours: { code: 'PROXY_UPSTREAM_FAILED' },
    },
    {
      rule: 'a 503 says when to come again, to a browser too',
      send: get('Accept: text/html'),
      upstreams: ['refuses'],
      expect: { status: 503, has: ['retry-after: 1'] },
      ours: { body: /^<!doctype html>/i },
    },
    {
      rule: 'a 405 says what is allowed',
      send: request('TRACE /~/x'),
      expect: { status: 405 },
      ours: { has: [/^allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS$/] },
    },
    {
      rule: 'a 502 leaves the connection open for the next request',
      steps: [sends(get()), isAnswered(1), sends(get())],
      upstreams: [[resets, saysOk]],
      expect: { status: [502, 200], connection: 'stays' },
    },
    {
      rule: 'a 404 leaves the connection open for the next request',
      steps: [sends(nowhere()), isAnswered(1), sends(get())],
      expect: { status: [404, 200], connection: 'stays' },
    },
    {
      rule: 'a 404 to a request with a body ends the connection',
      send: request('POST /nowhere', ['Content-Length: 5'], 'hello') + get(),
      expect: { status: 404, connection: 'closes', upstream: { requests: 0 } },
    },
    {
      rule: 'no answer names the software and its version',
      send: nowhere(),
      expect: { status: 404, lacks: [/^server: .*\d/, /^x-powered-by/] },
    },
  ],
};
