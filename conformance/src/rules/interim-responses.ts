import type { Topic } from '../case/case.ts';
import { halfCloses, isAnswered, isEnded, sees, sends, upstreamSees } from '../case/steps.ts';
import {
  chunk,
  isSilent,
  lastChunk,
  ok,
  response,
  says,
  saysEarly,
  saysOk,
} from '../case/upstream-scripts.ts';
import { get, post, postChunks } from '../wire/request-text.ts';

const expecting = post('hello', 'Expect: 100-continue');
const head = expecting.slice(0, -5);
const hints = 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n';
const go = 'HTTP/1.1 100 Continue\r\n\r\n';
const processing = 'HTTP/1.1 102 Processing\r\n\r\n';

export const interimResponses: Topic = {
  name: 'Expect and interim responses',
  cases: [
    {
      rule: 'asks the client for the body that it holds back',
      steps: [sends(head), sees('100 Continue'), sends('hello')],
      expect: { status: 200, interim: [100], connection: 'stays', upstream: { body: 'hello' } },
    },
    {
      rule: 'asks for a body in chunks',
      steps: [
        sends(postChunks('', 'Expect: 100-continue')),
        sees('100 Continue'),
        sends(chunk('hello') + lastChunk),
      ],
      expect: { status: 200, interim: [100], upstream: { body: 'hello' } },
    },
    {
      rule: 'knows the expectation in any spelling',
      steps: [sends(head.replace('100-continue', '100-Continue')), sees('100 Continue'), sends('hello')],
      expect: { status: 200, interim: [100] },
    },
    {
      rule: 'takes a body that comes without waiting',
      send: expecting,
      expect: { status: 200, connection: 'stays', upstream: { requests: 1, body: 'hello' } },
    },
    {
      rule: 'does not ask for a body that there is none of',
      send: get('Expect: 100-continue'),
      expect: { status: 200, interim: [], connection: 'stays' },
    },
    {
      rule: 'does not ask for an empty body',
      send: post('', 'Expect: 100-continue'),
      expect: { status: 200, interim: [], connection: 'stays' },
    },
    {
      rule: 'refuses a body that is too large before it is sent',
      send: post('', 'Expect: 100-continue').replace('Length: 0', 'Length: 500000'),
      expect: { status: 413, interim: [], connection: 'closes', upstream: { requests: 0 } },
      ours: { code: 'PROXY_BODY_TOO_LARGE' },
    },
    {
      rule: 'answers 404 instead of asking for a body that goes nowhere',
      send: head.replace('/~/x', '/nowhere'),
      expect: { status: 404, interim: [], connection: 'closes' },
    },
    {
      rule: 'answers 400 instead of asking for a body of an ambiguous path',
      send: head.replace('/~/x', '/~/a/../b'),
      expect: { status: 400, interim: [], connection: 'closes' },
    },
    {
      rule: 'answers 503 to a body that it can send nowhere',
      send: head,
      upstreams: ['refuses'],
      expect: { status: 503 },
      ours: { code: 'PROXY_NO_UPSTREAM' },
    },
    {
      rule: 'answers 417 to an expectation that nobody knows',
      send: post('hello', 'Expect: wonders'),
      expect: { status: 417, upstream: { requests: 0 } },
      ours: { code: 'PROXY_EXPECTATION_FAILED' },
    },
    {
      rule: 'answers 417 to a list of expectations',
      send: post('hello', 'Expect: 100-continue, wonders'),
      expect: { status: 417, upstream: { requests: 0 } },
    },
    {
      rule: 'a client that was asked for a body and closes its side instead is carried out by nobody',
      steps: [sends(head), sees('100 Continue'), halfCloses, isEnded],
      expect: { connection: 'closes', upstream: { whole: 0 } },
    },
    {
      rule: 'the 100 of an upstream is not passed on: the proxy has asked already',
      steps: [sends(head), sees('100 Continue'), sends('hello')],
      upstreams: [[says(go + ok()), saysOk]],
      expect: { status: 200, interim: [100], body: 'ok' },
    },
    {
      rule: 'the 100 of an upstream to a client that asked for none is dropped',
      send: get(),
      upstreams: [[says(go + ok()), saysOk]],
      expect: { status: 200, interim: [], body: 'ok', connection: 'stays' },
    },
    {
      rule: 'early hints are passed on',
      send: get(),
      upstreams: [[says(hints, ok()), saysOk]],
      expect: { status: 200, interim: [103], body: 'ok', connection: 'stays' },
    },
    {
      rule: 'early hints arrive before the answer is there',
      upstreams: [[saysEarly(hints), isSilent]],
      steps: [sends(get()), sees('rel=preload')],
      expect: {},
    },
    {
      rule: 'several interim responses are passed on in order',
      send: get(),
      upstreams: [[says(processing + hints + hints + ok()), saysOk]],
      expect: { status: 200, interim: [102, 103, 103], body: 'ok' },
    },
    {
      rule: 'early hints keep nothing of what is hop by hop',
      send: get(),
      upstreams: [
        [says(response('103 Early Hints', ['Connection: X-Secret', 'X-Secret: 1', 'Link: </a>']) + ok())],
      ],
      expect: { status: 200, interim: [103], body: 'ok', lacks: [/secret/] },
    },
    {
      rule: 'early hints and the answer in single bytes are read',
      send: get(),
      upstreams: [[says(...(hints + ok())), saysOk]],
      expect: { status: 200, interim: [103], body: 'ok' },
    },
    {
      rule: 'an answer that comes before the body has been sent is passed on, and the connection ends',
      steps: [sends(post('x'.repeat(1000)).slice(0, -500)), upstreamSees('x'), isAnswered(1)],
      upstreams: [[saysEarly(response('403 No', ['Content-Length: 2'], 'no'))]],
      expect: { status: 403, body: 'no', connection: 'closes' },
    },
    {
      rule: 'the second request on a connection may wait for a 100, too',
      steps: [sends(get()), isAnswered(1), sends(head), sees('100 Continue'), sends('hello')],
      upstreams: [[saysOk]],
      expect: { status: [200, 200], interim: [100] },
    },
  ],
};
