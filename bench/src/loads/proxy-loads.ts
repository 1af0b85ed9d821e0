import type { Goal } from '../definition/goal.ts';
import type { Load } from '../definition/load.ts';

const small = '/api/images.json';

/** A POST body of 1,000 bytes of JSON. */
const posted = JSON.stringify({ filler: 'x'.repeat(1000 - '{"filler":""}'.length) });

/** The contestant `combined`, with another log format, takes part in the first load only. */
const contestants = ['direct', 'http-proxy', 'bare', 'nginx', 'haproxy'];

const perFormat: readonly Load[] = [
  { name: 'get-32', about: 'GET 370 B, 32 connections', tool: 'wrk', path: small, connections: 32 },
];

const others: readonly Load[] = [
  { name: 'get-256', about: 'GET 370 B, 256 connections', tool: 'wrk', path: small, connections: 256 },
  {
    name: 'post-1k',
    about: 'POST 1 KB, 32 connections',
    tool: 'wrk',
    path: small,
    connections: 32,
    body: posted,
  },
  {
    name: 'get-100k',
    about: 'GET 100 KB, 32 connections',
    tool: 'wrk',
    path: '/api/100k.bin',
    connections: 32,
  },
  { name: 'get-10m', about: 'GET 10 MB, 8 connections', tool: 'wrk', path: '/api/10m.bin', connections: 8 },
  {
    name: 'new-connections',
    about: 'GET 370 B, new connections, 25 at a time',
    tool: 'ab',
    path: small,
    connections: 25,
  },
  {
    name: 'idle-10k',
    about: '10,000 idle clients',
    tool: 'idle-clients',
    path: small,
    connections: 10_000,
    fresh: true,
    maxRounds: 1,
  },
];

/** The loads on the proxies. */
export const proxyLoads: readonly Load[] = [
  ...perFormat,
  ...others.map((load) => ({ ...load, contestants })),
];

const against = 'nginx';

/** The goals of the contestants. */
export const proxyGoals: readonly Goal[] = [
  { load: 'get-32', contestant: 'direct', figure: 'requestsPerSecond', against, atLeast: 0.85 },
  { load: 'get-32', contestant: 'direct', figure: 'p99Ms', against, atMost: 2 },
  { load: 'get-256', contestant: 'direct', figure: 'requestsPerSecond', against, atLeast: 0.85 },
  { load: 'get-256', contestant: 'direct', figure: 'p99Ms', against, atMost: 1.5 },
  { load: 'post-1k', contestant: 'direct', figure: 'requestsPerSecond', against, atLeast: 0.9 },
  { load: 'get-100k', contestant: 'direct', figure: 'requestsPerSecond', against, atLeast: 0.85 },
  { load: 'get-10m', contestant: 'direct', figure: 'requestsPerSecond', against, atLeast: 0.85 },
  { load: 'new-connections', contestant: 'direct', figure: 'requestsPerSecond', against, atLeast: 0.7 },
  { load: 'idle-10k', contestant: 'direct', figure: 'residentMb', atMost: 200 },
  { load: 'get-32', contestant: 'http-proxy', figure: 'requestsPerSecond', against, atLeast: 0.16 },
  { load: 'get-32', contestant: 'http-proxy', figure: 'requestsPerSecond', against: 'bare', atLeast: 0.9 },
];
