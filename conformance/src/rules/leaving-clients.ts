import type { Case, Expectation, OwnExpectation, Topic } from '../case/case.ts';
import type { Script } from '../case/case-upstream.ts';
import {
  halfCloses,
  isAnswered,
  isEnded,
  leaves,
  releases,
  resetsConnection,
  type Step,
  sees,
  sends,
  upstreamIsLeft,
  upstreamSees,
} from '../case/steps.ts';
import {
  chunk,
  isSilent,
  lastChunk,
  ok,
  response,
  saysOk,
  saysThenWhenReleased,
} from '../case/upstream-scripts.ts';
import { get, post, postChunks } from '../wire/request-text.ts';

const left = (
  rule: string,
  script: Script,
  steps: readonly Step[],
  expect: Expectation = {},
  ours: OwnExpectation = {},
): Case => ({
  rule,
  upstreams: [[script]],
  steps,
  expect,
  ours: { logged: [499], ...ours },
});

const large = response('200 OK', ['Content-Length: 900000'], 'abcdefghij'.repeat(20_000));
const both = (what: string, steps: (how: Step) => readonly Step[], script: Script): readonly Case[] => [
  left(`a client that resets ${what} leaves nothing running`, script, steps(resetsConnection)),
  left(`a client that closes ${what} leaves nothing running`, script, steps(leaves)),
];

export const leavingClients: Topic = {
  name: 'Leaving clients and half-closed connections',
  cases: [
    left('a client that resets while it waits aborts the request upstream', isSilent, [
      sends(get()),
      upstreamSees('/x'),
      resetsConnection,
      upstreamIsLeft,
    ]),
    left(
      'a client that resets while its body is awaited aborts it upstream',
      isSilent,
      [sends(postChunks(chunk('hello'))), upstreamSees('hello'), resetsConnection, upstreamIsLeft],
      {},
      { upstream: { whole: 0 } },
    ),
    left(
      'a client that closes within its body aborts it upstream',
      isSilent,
      [sends(post('hello').slice(0, -1)), upstreamSees('hell'), leaves, upstreamIsLeft],
      {},
      { logged: [400], upstream: { whole: 0 } },
    ),
    ...both(
      'within its answer',
      (how) => [sends(get()), sees('abcdefghij'), how, releases, upstreamIsLeft],
      saysThenWhenReleased(large, 'x'.repeat(600_000)),
    ),
    {
      rule: 'a client that closes its sending side still gets its answer',
      upstreams: [[saysThenWhenReleased('', ok('late'))]],
      steps: [sends(get()), upstreamSees('/x'), halfCloses, releases],
      expect: { status: 200, body: 'late', connection: 'closes' },
      ours: { logged: [200] },
    },
    {
      rule: 'a client that closes its sending side at once still gets its answer',
      steps: [sends(get()), halfCloses],
      expect: { status: 200, body: 'ok', connection: 'closes' },
    },
    {
      rule: 'a client that closes its sending side behind its body still gets its answer',
      steps: [sends(post('hello')), halfCloses],
      expect: { status: 200, connection: 'closes', upstream: { body: 'hello', whole: 1 } },
    },
    {
      rule: 'a client that closes its sending side behind its last chunk still gets its answer',
      steps: [sends(postChunks(chunk('hello') + lastChunk)), halfCloses],
      expect: { status: 200, connection: 'closes', upstream: { body: 'hello', whole: 1 } },
    },
    {
      rule: 'a client that closes its sending side gets all of a long answer',
      upstreams: [[saysThenWhenReleased(large, 'x'.repeat(700_000))]],
      steps: [sends(get()), sees('abc'), halfCloses, releases],
      expect: { status: 200, broken: false, connection: 'closes' },
    },
    {
      rule: 'two requests and a closed sending side get two answers',
      steps: [sends(get() + get()), halfCloses],
      expect: { status: [200, 200], connection: 'closes', upstream: { requests: 2 } },
    },
    {
      rule: 'half a head and a closed sending side are no request',
      steps: [sends(get().slice(0, -3)), halfCloses, isEnded],
      expect: { connection: 'closes', upstream: { requests: 0 } },
    },
    {
      rule: 'half a body and a closed sending side are carried out by nobody',
      steps: [sends(post('hello').slice(0, -1)), halfCloses, isEnded],
      expect: { connection: 'closes', upstream: { whole: 0 } },
      ours: { status: 400, code: 'REQUEST_INVALID' },
    },
    {
      rule: 'chunks without the last one and a closed sending side are carried out by nobody',
      steps: [sends(postChunks(chunk('hello'))), halfCloses, isEnded],
      expect: { connection: 'closes', upstream: { whole: 0 } },
      ours: { status: 400, code: 'REQUEST_INVALID' },
    },
    {
      rule: 'an idle connection whose sending side is closed ends',
      steps: [sends(get()), isAnswered(1), halfCloses, isEnded],
      expect: { status: 200, connection: 'closes' },
    },
    {
      rule: 'a connection that is opened and closed leaves nothing',
      steps: [halfCloses, isEnded],
      expect: { status: [], connection: 'closes', upstream: { requests: 0 } },
      ours: { logged: [] },
    },
    {
      rule: 'a client that resets at once behind its request harms nobody',
      upstreams: [[saysOk]],
      steps: [
        sends(get()),
        resetsConnection,
        async (stage) => {
          const other = await stage.alone(get('Connection: close'));
          await stage.until('the answer of another client', () => other.endsWith('ok'));
        },
      ],
      expect: {},
    },
  ],
};
