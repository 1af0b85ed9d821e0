import type { Expectation, LinePattern, OwnExpectation, UpstreamExpectation } from '../case/case.ts';
import type { UpstreamRequest } from '../case/case-upstream.ts';
import type { Answer } from '../wire/read-answers.ts';
import { isProbe, type Observed } from './play-case.ts';

const shown = (value: unknown): string => {
  const text = value instanceof RegExp ? String(value) : (JSON.stringify(value) ?? 'nothing');
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
};

const list = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

const matches = (line: string, pattern: LinePattern): boolean =>
  typeof pattern === 'string' ? line === pattern : pattern.test(line);

/** Gathers what is not as expected, in words. */
class Differences {
  readonly found: string[] = [];

  same(what: string, actual: unknown, expected: unknown): void {
    if (expected === undefined || JSON.stringify(actual) === JSON.stringify(expected)) return;
    this.found.push(`${what} ${shown(actual)} instead of ${shown(expected)}`);
  }

  lines(
    what: string,
    lines: readonly string[],
    wanted: { has?: readonly LinePattern[]; lacks?: readonly RegExp[] },
  ): void {
    for (const pattern of wanted.has ?? []) {
      if (!lines.some((line) => matches(line, pattern))) this.found.push(`${what} lacks ${shown(pattern)}`);
    }
    for (const pattern of wanted.lacks ?? []) {
      const line = lines.find((one) => pattern.test(one));
      if (line !== undefined) this.found.push(`${what} has ${shown(line)}`);
    }
  }
}

/** The requests of a case, over all its upstreams, without the probe. */
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
  to.same('whole requests upstream:', requests.filter(({ whole }) => whole).length, expected.whole);
  const made = observed.upstreams.reduce((sum, upstream) => sum + upstream.made(), 0);
  to.same('connections upstream:', made, expected.connections);
  if (expected.has || expected.lacks)
    to.lines('request upstream', last?.lines ?? ['nothing: came'], expected);
};

const compareBody = (answers: readonly Answer[], expected: Expectation['body'], to: Differences): void => {
  if (expected === undefined) return;
  const bodies = answers.map(({ body }) => body);
  if (expected instanceof RegExp) {
    if (!expected.test(bodies[0] ?? '')) to.found.push(`body ${shown(bodies[0])} does not match ${expected}`);
  } else if (typeof expected === 'string') to.same('body', bodies[0], expected);
  else to.same('bodies', bodies, expected);
};

/** What differs between what was seen and what was expected; empty when all is as it should be. */
export const compare = (observed: Observed, expected: Expectation): readonly string[] => {
  const to = new Differences();
  const { answers, interim, ended, probed, rest } = observed;
  const last = answers.at(-1);
  if (observed.stuck !== undefined) to.found.push(`waited in vain for ${observed.stuck}`);
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
  if (expected.has || expected.lacks) to.lines('the answer', last?.lines ?? ['nothing: came'], expected);
  to.same('framing', last?.framing, expected.framing);
  to.same('broken', last !== undefined && !last.whole, expected.broken);
  if (expected.connection === 'closes' && ended === undefined) to.found.push('the connection stays');
  if (expected.connection === 'stays' && probed !== true) to.found.push('the connection closes');
  if (rest !== '') to.found.push(`bytes behind the answer: ${shown(rest)}`);
  if (expected.upstream) compareUpstream(observed, expected.upstream, to);
  return to.found;
};

/** The same for what nginx does in its own way: bytes without a head may follow, and something may be waited for in vain. */
export const compareOther = (
  observed: Observed,
  expected: Expectation,
  isStuck: boolean,
): readonly string[] => {
  if (isStuck && observed.stuck === undefined) return ['what was waited for has come'];
  return compare({ ...observed, rest: '', stuck: isStuck ? undefined : observed.stuck }, expected);
};

/** The same for what only our engines are asked for. */
export const compareOwn = (
  observed: Observed,
  expected: OwnExpectation,
  logged: readonly number[],
): readonly string[] => {
  const to = new Differences();
  to.same('logged', logged, expected.logged);
  if (expected.code !== undefined) {
    const { body = '', lines = [] } = observed.answers.at(-1) ?? {};
    if (!body.includes(`"code":"${expected.code}"`)) to.found.push(`no ${expected.code} in ${shown(body)}`);
    to.lines('the answer', lines, { has: ['content-type: application/problem+json', /^x-request-id: ./] });
  }
  return [...compare(observed, expected), ...to.found];
};

/** What was seen, in a few words. */
export const describe = (observed: Observed): string => {
  const statuses = observed.answers.map(({ status, whole }) => `${status}${whole ? '' : ' broken off'}`);
  const requests = requestsOf(observed).length;
  const end = observed.ended === undefined ? '' : `, ${observed.ended}`;
  return `${statuses.join(', ') || 'no answer'}${end}; ${requests} upstream`;
};
