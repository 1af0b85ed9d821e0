import type { Case, Topic } from '../case/case.ts';
import { refused } from '../case/refused-row.ts';
import { post, request } from '../wire/request-text.ts';

/** The target is passed on unchanged, without the prefix. */
const passed = (rule: string, target: string, upstream = target.slice(2)): Case => ({
  rule,
  send: request(`GET ${target}`),
  expect: { status: 200, connection: 'stays', upstream: { requests: 1, target: upstream } },
});

/** Refused, because a server could read the target as another path. */
const ambiguous = (rule: string, target: string): Case =>
  refused(rule, request(`GET ${target}`), 400, 'PROXY_PATH_INVALID');

/** Hidden, because the path exposes internals of an upstream. */
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
    passed('the prefix of a route is stripped', '/~/images.json'),
    passed('the prefix alone becomes the root', '/~/'),
    passed('a query is passed on', '/~/x?a=1&b=%20c'),
    passed('a query may hold what a path may not', '/~/x?../a//b%2f%5c%00'),
    passed('a query may hold question marks', '/~/x?a?b?'),
    passed('an empty query stays a query', '/~/x?'),
    passed('letter case is kept', '/~/Ab/cD'),
    passed('two slashes within a path are kept', '/~/a//b'),
    passed('a slash at the end is kept', '/~/a/'),
    passed('percent-encoding is kept as written', '/~/a%20b%C3%a4'),
    passed('an encoded slash is kept as written', '/~/a%2fb%2Fc'),
    passed('needless percent-encoding is kept', '/~/%61%2e%7Eb'),
    passed('parameters and punctuation in a path are kept', "/~/a;b=c,d:e@f!$&'()*+=~._-"),
    passed('a name that begins with a dot is passed on', '/~/.well-known/x'),
    passed('dots within a name are passed on', '/~/a..b/c...d'),
    passed('an absolute URL with the same host is read as its path', 'http://a/~/x', '/x'),
    passed('an absolute URL with a query is read as its path and query', 'http://a/~/x?y', '/x?y'),
    passed('the scheme of an absolute URL is read in any letter case', 'HTTP://a/~/x', '/x'),
    ambiguous('refuses an absolute URL with another host', 'http://b/~/x'),
    ambiguous('refuses an absolute URL with another scheme', 'https://a/~/x'),
    ambiguous('refuses an absolute URL with a user', 'http://u@a/~/x'),
    {
      rule: 'refuses a target that is neither a path nor a URL',
      send: request('GET ~/x'),
      expect: { status: 400, connection: 'closes', upstream: { requests: 0 } },
    },
    ambiguous('refuses a star for anything but OPTIONS', '*'),
    ambiguous('refuses a .. segment', '/~/a/../b'),
    ambiguous('refuses a .. segment that leaves the route', '/~/../c0/x'),
    ambiguous('refuses a .. segment at the end', '/~/a/..'),
    ambiguous('refuses a . segment', '/~/./a'),
    ambiguous('refuses encoded dots', '/~/%2e%2e/a'),
    ambiguous('refuses a .. segment with one encoded dot', '/~/.%2E/a'),
    ambiguous('refuses ..; because some servers strip the parameters', '/~/..;x=y/a'),
    ambiguous('refuses two slashes after the prefix, the second one encoded', '/~/%2Fx'),
    ambiguous('refuses an encoded backslash', '/~/a%5cb'),
    ambiguous('refuses an encoded NUL', '/~/a%00b'),
    ambiguous('refuses a backslash', '/~/a\\b'),
    ambiguous('refuses .. segments with backslashes', '/~/..\\..\\a'),
    ambiguous('refuses two leading slashes', '//~/x'),
    ambiguous('refuses two slashes after the prefix', '/~//x'),
    ambiguous('refuses a fragment', '/~/x#y'),
    ambiguous('refuses a percent sign without digits', '/~/a%zz'),
    ambiguous('refuses a percent sign at the end', '/~/a%'),
    ambiguous('refuses a percent sign with one digit', '/~/a%4'),
    {
      rule: 'refuses bytes outside ASCII in a path',
      send: request('GET /~/\xe4'),
      expect: { status: 400, connection: 'closes', upstream: { requests: 0 } },
    },
    {
      rule: 'refuses a control character in a path',
      send: request('GET /~/a\x01b'),
      expect: { status: 400, connection: 'closes', upstream: { requests: 0 } },
    },
    {
      rule: 'a prefix in another letter case is another path',
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
      rule: 'a prefix without its slash redirects to the prefix with it',
      send: request('GET /~?a=b'),
      expect: {
        status: 308,
        connection: 'stays',
        has: [/^location: \/c\d+\/\?a=b$/],
        upstream: { requests: 0 },
      },
    },
    {
      rule: 'a prefix does not match a longer name that begins with it',
      send: request('GET /~x/'),
      expect: { status: 404, upstream: { requests: 0 } },
    },
    {
      rule: 'the redirect to the slash is a 308 for a POST, too',
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
    hidden('a hidden path is hidden with a trailing slash', '/~/metrics/'),
    hidden('a hidden path is hidden in upper case', '/~/METRICS'),
    hidden('a hidden path is hidden with percent-encoding', '/~/%6detrics'),
    hidden('a hidden path is hidden in an absolute URL', 'http://a/~/metrics'),
    hidden(
      'a hidden path is hidden with a path parameter, which servlet containers remove',
      '/~/metrics;x=1',
    ),
    hidden('a hidden path is hidden behind an empty segment with a parameter', '/~/;a=b/metrics'),
    hidden('a hidden path is hidden with a dot at its end, which Windows removes', '/~/metrics.'),
    hidden('a hidden path is hidden with an encoded blank at its end', '/~/metrics%20'),
    hidden('a hidden path is hidden with an NTFS stream', '/~/metrics::$DATA'),
    hidden('a hidden path is hidden with an encoded question mark', '/~/metrics%3fx'),
    hidden('a hidden path is hidden with an encoded line end', '/~/met%0arics'),
    hidden('a hidden path is hidden when it is encoded twice', '/~/%256detrics'),
    hidden('a hidden path is hidden in fullwidth letters', '/~/%ef%bd%8detrics'),
    passed('a path that only begins like a hidden path is not hidden', '/~/metrics.html'),
  ],
};
