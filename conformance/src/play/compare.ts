import type { Expectation, LinePattern, OwnExpectation, UpstreamExpectation } from '../case/case.ts';
import type { UpstreamRequest } from '../case/case-upstream.ts';
import type { Answer } from '../wire/read-answers.ts';
import { isProbe, type Observed } from './play-case.ts';

const quote = (value: unknown): string => {
  const text = value instanceof RegExp ? String(value) : (JSON.stringify(value) ?? 'nothing');
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
};

const list = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

const matches = (line: string, pattern: LinePattern): boolean =>
  typeof pattern === 'string' ? line === pattern : pattern.test(line);

/** Collects the differences between observed and expected values as sentences. */
class Differences {
  readonly found: string[] = [];

  same(what: string, actual: unknown, expected: unknown): void {
    if (expected === undefined || JSON.stringify(actual) === JSON.stringify(expected)) return;
    this.found.push(`${what} ${quote(actual)} instead of ${quote(expected)}`);
  }

  lines(
    what: string,
    lines: readonly string[],
    wanted: { has?: readonly LinePattern[]; lacks?: readonly RegExp[] },
  ): void {
    for (const pattern of wanted.has ?? []) {
      if (!lines.some((line) => matches(line, pattern))) this.found.push(`${what} lacks ${quote(pattern)}`);
    }
    for (const pattern of wanted.lacks ?? []) {
      const line = lines.find((one) => pattern.test(one));
      if (line !== undefined) this.found.push(`${what} has ${quote(line)}`);
    }
  }
}

/** Returns the requests that reached the upstreams of a case, without the probe request. */
export const requestsOf = ({ upstreams }: Observed): readonly UpstreamRequest[] =>
  upstreams.flatMap(({ requests }) => requests).filter(({ target }) => !isProbe(target));

const compareUpstream = (observed: Observed, expected: UpstreamExpectation, to: Differences): void => {
  const requests = requestsOf(observed);
  const last = requests.at(-1);
  to.same('requests upstream:', requests.length, expected.requests);
  to.same('method upstream', last?.method, expected.method);
  to.same('target upstream', last?.target, expected.target);
  to.same('version upstream', last?.version, expected.version);
  to.same('framing upstream', last?.framing, expected.framing);
  to.same('body upstream', last?.body, expected.body);
  to.same('last upstream', last?.upstream, expected.last);
  to.same(
    'complete requests upstream:',
    requests.filter(({ complete }) => complete).length,
    expected.complete,
  );
  const accepted = observed.upstreams.reduce((sum, upstream) => sum + upstream.accepted(), 0);
  to.same('connections upstream:', accepted, expected.connections);
  if (expected.has || expected.lacks)
    to.lines('request upstream', last?.lines ?? ['nothing: arrived'], expected);
};

const compareBody = (answers: readonly Answer[], expected: Expectation['body'], to: Differences): void => {
  if (expected === undefined) return;
  const bodies = answers.map(({ body }) => body);
  if (expected instanceof RegExp) {
    if (!expected.test(bodies[0] ?? '')) to.found.push(`body ${quote(bodies[0])} does not match ${expected}`);
  } else if (typeof expected === 'string') to.same('body', bodies[0], expected);
  else to.same('bodies', bodies, expected);
};

/** Returns the differences between what was observed and what was expected; an empty list when there are none. */
export const compare = (observed: Observed, expected: Expectation): readonly string[] => {
  const to = new Differences();
  const { answers, interim, ended, probed, rest } = observed;
  const last = answers.at(-1);
  if (observed.timedOutOn !== undefined) to.found.push(`timed out waiting for ${observed.timedOutOn}`);
  if (expected.status !== undefined)
    to.same(
      'status',
      answers.map(({ status }) => status),
      list(expected.status),
    );
  if (expected.oneOf && !(answers.length === 1 && expected.oneOf.includes(last?.status ?? 0)))
    to.same('status', answers.map(({ status }) => status).join(', '), `one of ${expected.oneOf.join(', ')}`);
  to.same(
    'interim',
    interim.map(({ status }) => status),
    expected.interim,
  );
  compareBody(answers, expected.body, to);
  if (expected.has || expected.lacks) to.lines('the response', last?.lines ?? ['nothing: arrived'], expected);
  to.same('framing', last?.framing, expected.framing);
  to.same('broken', last !== undefined && !last.complete, expected.truncated);
  if (expected.connection === 'closes' && ended === undefined) to.found.push('the connection stays open');
  if (expected.connection === 'stays' && probed !== true) to.found.push('the connection closes');
  if (rest !== '') to.found.push(`bytes after the response: ${quote(rest)}`);
  if (expected.upstream) compareUpstream(observed, expected.upstream, to);
  return to.found;
};

/**
 * Like `compare`, for a deviation of nginx: bytes without a response head may follow, and a wait may have to time
 * out.
 */
export const compareDeviation = (
  observed: Observed,
  expected: Expectation,
  expectsTimeout: boolean,
): readonly string[] => {
  if (expectsTimeout && observed.timedOutOn === undefined) return ['the wait did not time out as recorded'];
  return compare(
    { ...observed, rest: '', timedOutOn: expectsTimeout ? undefined : observed.timedOutOn },
    expected,
  );
};

/** Like `compare`, with what is checked of Tripod's engines only: the access log and the error code. */
export const compareOwn = (
  observed: Observed,
  expected: OwnExpectation,
  logged: readonly number[],
): readonly string[] => {
  const to = new Differences();
  to.same('logged', logged, expected.logged);
  if (expected.code !== undefined) {
    const { body = '', lines = [] } = observed.answers.at(-1) ?? {};
    if (!body.includes(`"code":"${expected.code}"`)) to.found.push(`no ${expected.code} in ${quote(body)}`);
    to.lines('the response', lines, { has: ['content-type: application/problem+json', /^x-request-id: ./] });
  }
  return [...compare(observed, expected), ...to.found];
};

/** Summarizes what was observed. */
export const describe = (observed: Observed): string => {
  const statuses = observed.answers.map(({ status, complete }) => `${status}${complete ? '' : ' truncated'}`);
  const requests = requestsOf(observed).length;
  const end = observed.ended === undefined ? '' : `, ${observed.ended}`;
  return `${statuses.join(', ') || 'no response'}${end}; ${requests} upstream`;
};
