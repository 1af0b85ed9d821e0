import type { Case, Topic } from '../case/case.ts';
import { refused } from '../case/refused-row.ts';
import { post, request } from '../wire/request-text.ts';

/** Goes on exactly as it came, without its prefix. */
const goesOn = (rule: string, target: string, upstream = target.slice(2)): Case => ({
  rule,
  send: request(`GET ${target}`),
  expect: { status: 200, connection: 'stays', upstream: { requests: 1, target: upstream } },
});

/** Could be read as another path: refused. */
const ambiguous = (rule: string, target: string): Case =>
  refused(rule, request(`GET ${target}`), 400, 'PROXY_PATH_INVALID');

/** Tells of the inside of an upstream. */
const hidden = (rule: string, target: string): Case => ({
  rule,
  send: request(`GET ${target}`),
  expect: { status: 404, connection: 'stays', upstream: { requests: 0 } },
  ours: { code: 'NOT_FOUND' },
});

export const paths: Topic = {
  name: 'Paths',
  isSafety: true,
  cases: [
    goesOn('the prefix of a route is cut off', '/~/images.json'),
    goesOn('the prefix alone becomes the root', '/~/'),
    goesOn('a query goes on', '/~/x?a=1&b=%20c'),
    goesOn('a query may hold what a path may not', '/~/x?../a//b%2f%5c%00'),
    goesOn('a query may hold question marks', '/~/x?a?b?'),
    goesOn('an empty query stays a query', '/~/x?'),
    goesOn('the case of letters stays', '/~/Ab/cD'),
    goesOn('two slashes within stay two', '/~/a//b'),
    goesOn('a slash at the end stays', '/~/a/'),
    goesOn('percent signs stay as they are written', '/~/a%20b%C3%a4'),
    goesOn('what need not be encoded stays encoded', '/~/%61%2e%7Eb'),
    goesOn('parameters and signs of a path stay', "/~/a;b=c,d:e@f!$&'()*+=~._-"),
    goesOn('a file that begins with a dot goes on', '/~/.well-known/x'),
    goesOn('dots within a name go on', '/~/a..b/c...d'),
    goesOn('an absolute address of the same server is taken for its path', 'http://a/~/x', '/x'),
    goesOn('an absolute address with a query is taken for its path', 'http://a/~/x?y', '/x?y'),
    goesOn('the scheme of an absolute address is known in any spelling', 'HTTP://a/~/x', '/x'),
    ambiguous('refuses an absolute address of another server', 'http://b/~/x'),
    ambiguous('refuses an absolute address of another scheme', 'https://a/~/x'),
    ambiguous('refuses an absolute address with a user', 'http://u@a/~/x'),
    {
      rule: 'refuses an address that is neither path nor URL',
      send: request('GET ~/x'),
      expect: { status: 400, connection: 'closes', upstream: { requests: 0 } },
    },
    ambiguous('refuses a star for anything but OPTIONS', '*'),
    ambiguous('refuses two dots', '/~/a/../b'),
    ambiguous('refuses two dots that leave the route', '/~/../c0/x'),
    ambiguous('refuses two dots at the end', '/~/a/..'),
    ambiguous('refuses one dot', '/~/./a'),
    ambiguous('refuses encoded dots', '/~/%2e%2e/a'),
    ambiguous('refuses dots of which one is encoded', '/~/.%2E/a'),
    ambiguous('refuses two dots with parameters, which some servers cut off', '/~/..;x=y/a'),
    ambiguous('refuses an encoded slash', '/~/a%2fb'),
    ambiguous('refuses an encoded slash in capitals', '/~/a%2Fb'),
    ambiguous('refuses an encoded backslash', '/~/a%5cb'),
    ambiguous('refuses an encoded NUL', '/~/a%00b'),
    ambiguous('refuses a backslash', '/~/a\\b'),
    ambiguous('refuses two dots behind a backslash', '/~/..\\..\\a'),
    ambiguous('refuses two slashes in front', '//~/x'),
    ambiguous('refuses two slashes behind the prefix', '/~//x'),
    ambiguous('refuses a fragment', '/~/x#y'),
    ambiguous('refuses a percent sign without digits', '/~/a%zz'),
    ambiguous('refuses a percent sign at the end', '/~/a%'),
    ambiguous('refuses a percent sign with one digit', '/~/a%4'),
    {
      rule: 'refuses bytes beyond ASCII in a path',
      send: request('GET /~/\xe4'),
      expect: { status: 400, connection: 'closes', upstream: { requests: 0 } },
    },
    {
      rule: 'refuses a control character in a path',
      send: request('GET /~/a\x01b'),
      expect: { status: 400, connection: 'closes', upstream: { requests: 0 } },
    },
    {
      rule: 'a prefix in other letters is another path',
      send: request('GET /C0/x'),
      expect: { status: 404, connection: 'stays', upstream: { requests: 0 } },
    },
    {
      rule: 'a path without a route is a 404',
      send: request('GET /nowhere'),
      expect: { status: 404, connection: 'stays', upstream: { requests: 0 } },
      ours: { code: 'NOT_FOUND' },
    },
    {
      rule: 'a prefix without its slash is sent to the one with it',
      send: request('GET /~?a=b'),
      expect: {
        status: 308,
        connection: 'stays',
        has: [/^location: \/c\d+\/\?a=b$/],
        upstream: { requests: 0 },
      },
    },
    {
      rule: 'a prefix without its slash does not swallow names that begin alike',
      send: request('GET /~x/'),
      expect: { status: 404, upstream: { requests: 0 } },
    },
    {
      rule: 'a redirect to the slash keeps the method for a POST, too',
      send: post('hello').replace('/~/x', '/~'),
      expect: { status: 308, has: [/^location: \/c\d+\/$/], upstream: { requests: 0 } },
    },
    {
      rule: 'OPTIONS * is answered by the proxy itself',
      send: 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n',
      expect: { status: 204, connection: 'stays', has: [/^allow: .*DELETE/], upstream: { requests: 0 } },
    },
    hidden('the health of an upstream is hidden', '/~/readyz'),
    hidden('the metrics of an upstream are hidden', '/~/metrics'),
    hidden('a hidden path is hidden with a query', '/~/livez?verbose'),
    hidden('a hidden path is hidden with a slash behind it', '/~/metrics/'),
    hidden('a hidden path is hidden in capitals', '/~/METRICS'),
    hidden('a hidden path is hidden with percent signs', '/~/%6detrics'),
    hidden('a hidden path is hidden in an absolute address', 'http://a/~/metrics'),
    goesOn('what only begins like a hidden path is not hidden', '/~/metrics.html'),
  ],
};
