import type { Goal } from '../definition/goal.ts';
import type { KeptConnections, Load } from '../definition/load.ts';

/** Each request creates a person with a unique nickname. */
const createPeople = `
math.randomseed(os.time())
local run = math.random(1, 1000000000)
local count = 0
function request()
  count = count + 1
  local body = string.format('{"apelido":"%d-%d","nome":"Maria Clara da Silva","nascimento":"1990-05-17","stack":["Node","Postgres"]}', run, count)
  return wrk.format("POST", nil, { ["Content-Type"] = "application/json" }, body)
end
`;

/** Each request searches for another term of three hexadecimal digits, which about one person in 140 has. */
const searchPeople = `
local count = 0
function request()
  count = count + 1
  return wrk.format("GET", string.format("/pessoas?t=%03x", (count * 997) % 4096))
end
`;

/** A short post of about 1 KB. */
const post = JSON.stringify({ title: 'A post about load', body: 'What was measured, and how. '.repeat(35) });

const common = { tool: 'wrk', connections: 32, contestants: ['copy', 'stock'] } as const;

/** The loads on the resources of the labs. */
export const labLoads: readonly Load[] = [
  {
    ...common,
    name: 'people-add',
    about: 'POST /pessoas, 32 connections',
    path: '/pessoas',
    script: createPeople,
  },
  {
    ...common,
    name: 'people-search',
    about: 'GET /pessoas?t= over 50,000 people, 32 connections',
    path: '/pessoas',
    script: searchPeople,
  },
  { ...common, name: 'visits', about: 'GET / (visits without a cookie), 32 connections', path: '/' },
  {
    ...common,
    name: 'visits-redis',
    about: 'GET / (visits without a cookie) with the counters in Redis, 32 connections',
    path: '/',
    contestants: ['copy-redis', 'stock-redis'],
    peer: 'stock-redis',
  },
  { ...common, name: 'posts', about: 'GET /posts of 10,000, 32 connections', path: '/posts' },
  { ...common, name: 'posts-add', about: 'POST /posts of 1 KB, 32 connections', path: '/posts', body: post },
  {
    name: 'idle',
    about: 'an idle copy with all resources',
    tool: 'idle-server',
    path: '/',
    connections: 0,
    contestants: ['copy'],
    peer: 'copy',
  },
] satisfies readonly (Load | KeptConnections)[];

const figure = 'requestsPerSecond';
const goal = (load: string, atLeast: number, contestant = 'copy', against = 'stock'): Goal => ({
  load,
  contestant,
  figure,
  against,
  atLeast,
});

/** The goals of the resources of the labs. */
export const labGoals: readonly Goal[] = [
  goal('people-add', 3),
  goal('people-search', 2),
  goal('visits', 5),
  goal('visits-redis', 2, 'copy-redis', 'stock-redis'),
  goal('posts', 4),
  goal('posts-add', 3),
  { load: 'idle', contestant: 'copy', figure: 'residentMb', atMost: 135 },
];
