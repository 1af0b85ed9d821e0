import type { Goal } from '../definition/goal.ts';
import type { Load } from '../definition/load.ts';

const systems = ['tripod', 'nginx-copies', 'nginx-stock'];

const list = {
  tool: 'ab',
  path: '/api/images.json',
  connections: 25,
  requests: 20_000,
  contestants: systems,
} as const;

/** The loads on the systems. */
export const stackLoads: readonly Load[] = [
  { ...list, name: 'kept', about: '20,000 lists, 25 kept connections', keepAlive: true },
  { ...list, name: 'new', about: '20,000 lists, new connections, 25 at a time' },
  {
    name: 'idle-memory',
    about: 'an idle server',
    tool: 'idle-server',
    path: '/',
    connections: 0,
    contestants: ['idle-copy', 'idle-static'],
    peer: 'idle-copy',
    fresh: true,
    maxRounds: 1,
  },
];

const figure = 'requestsPerSecond';
const against = 'nginx-stock';

/** The goals of the contestants. */
export const stackGoals: readonly Goal[] = [
  { load: 'kept', contestant: 'tripod', figure, against, atLeast: 1.4 },
  { load: 'kept', contestant: 'nginx-copies', figure, against, atLeast: 2 },
  { load: 'new', contestant: 'tripod', figure, against, atLeast: 1.1 },
  { load: 'new', contestant: 'nginx-copies', figure, against, atLeast: 1.6 },
  { load: 'idle-memory', contestant: 'idle-copy', figure: 'residentMb', atMost: 130 },
  { load: 'idle-memory', contestant: 'idle-static', figure: 'residentMb', atMost: 115 },
];
