import type { Case, LinePattern, Topic } from '../case/case.ts';
import { sendText, waitForAnswers } from '../case/steps.ts';
import { resetConnection, respondOk } from '../case/upstream-scripts.ts';
import { get, request } from '../wire/request-text.ts';

const nowhere = (...lines: readonly string[]): string => request('GET /nowhere', lines);

/** A check of the 404 that the proxy itself sends. */
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
  name: 'Responses of the proxy itself',
  cases: [
    row('an error is problem+json (RFC 9457)', nowhere(), [problem], {
      body: /^\{"type":"urn:tripod:error:NOT_FOUND","title":".+","status":404/,
    }),
    row('an error has a length', nowhere(), [/^content-length: [1-9]/], { framing: 'length' }),
    row('an error is not cached', nowhere(), ['cache-control: no-store']),
    row('an error forbids content sniffing', nowhere(), ['x-content-type-options: nosniff']),
    row(
      'an error carries the request id in its head and its body',
      nowhere('X-Request-Id: given-by-client'),
      ['x-request-id: given-by-client'],
      { body: /"requestId":"given-by-client"/ },
    ),
    row('an error varies by Accept and has a Vary header', nowhere(), [/^vary: Accept/i]),
    row('a browser gets an HTML page', nowhere('Accept: text/html,application/xhtml+xml,*/*;q=0.8'), [page], {
      body: /^<!doctype html>/i,
    }),
    row('a client that accepts anything gets problem+json', nowhere('Accept: */*'), [problem]),
    row(
      'a client that prefers JSON to HTML gets problem+json',
      nowhere('Accept: text/html;q=0.5, application/json'),
      [problem],
    ),
    row('an error page has a Content-Security-Policy that runs nothing', nowhere('Accept: text/html'), [
      /^content-security-policy: default-src 'none'/,
    ]),
    row(
      'an error page does not repeat the request target',
      request('GET /<script>alert(1)</script>'.replace('<script>', '%3Cscript%3E'), ['Accept: text/html']),
      [page],
      { body: /^(?![\s\S]*alert)/ },
    ),
    {
      rule: 'an error of the proxy has a Date (RFC 9110 6.6.1)',
      send: nowhere(),
      expect: { status: 404, has: [date] },
    },
    {
      rule: 'a refused request gets a Date',
      send: request('GET /~/a/../b'),
      expect: { status: 400, has: [date] },
    },
    { rule: 'a redirect has a Date', send: request('GET /~'), expect: { status: 308, has: [date] } },
    {
      rule: 'a malformed request gets a Date',
      send: 'nonsense\r\n\r\n',
      expect: { status: 400, has: [date] },
    },
    {
      rule: 'an error response exposes nothing about the failed upstream',
      send: get(),
      upstreams: [[resetConnection, respondOk]],
      expect: { status: 502, body: /^(?![\s\S]*(127\.0\.0\.1|ECONN|reset))/ },
      ours: { code: 'PROXY_UPSTREAM_FAILED' },
    },
    {
      rule: 'a 503 has Retry-After, for a browser too',
      send: get('Accept: text/html'),
      upstreams: ['refuses'],
      expect: { status: 503, has: ['retry-after: 1'] },
      ours: { body: /^<!doctype html>/i },
    },
    {
      rule: 'a 405 has Allow',
      send: request('TRACE /~/x'),
      expect: { status: 405 },
      ours: { has: [/^allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS$/] },
    },
    {
      rule: 'a 502 leaves the connection open for the next request',
      steps: [sendText(get()), waitForAnswers(1), sendText(get())],
      upstreams: [[resetConnection, respondOk]],
      expect: { status: [502, 200], connection: 'stays' },
    },
    {
      rule: 'a 404 leaves the connection open for the next request',
      steps: [sendText(nowhere()), waitForAnswers(1), sendText(get())],
      expect: { status: [404, 200], connection: 'stays' },
    },
    {
      rule: 'a 404 to a request with a body closes the connection',
      send: request('POST /nowhere', ['Content-Length: 5'], 'hello') + get(),
      expect: { status: 404, connection: 'closes', upstream: { requests: 0 } },
    },
    {
      rule: 'no response names the software version',
      send: nowhere(),
      expect: { status: 404, lacks: [/^server: .*\d/, /^x-powered-by/] },
    },
  ],
};
