import type { Goal } from '../definition/goal.ts';
import type { Load } from '../definition/load.ts';

const path = '/images.json';

/** A typical image, about 200 bytes. */
const posted = JSON.stringify({
  title: 'A lighthouse at dusk',
  alt_text: 'A white lighthouse on a cliff, its lamp just lit, with a calm sea and a violet sky behind it',
  url: 'https://images.example/lighthouses/at-dusk-1600.jpg',
});

/** The loads on the API. */
export const apiLoads: readonly Load[] = [
  {
    name: 'list',
    about: 'GET 3 rows, 32 connections',
    tool: 'wrk',
    path,
    connections: 32,
    contestants: ['copy', 'stock', 'constant'],
  },
  {
    name: 'list-profiled',
    about: 'GET 3 rows while a processor profile is taken, 32 connections',
    tool: 'wrk',
    path,
    connections: 32,
    contestants: ['copy', 'profiled'],
    peer: 'copy',
  },
  {
    name: 'revalidate',
    about: 'GET 3 rows with If-None-Match, 32 connections',
    tool: 'wrk',
    path,
    connections: 32,
    revalidates: true,
    contestants: ['copy', 'stock'],
  },
  {
    name: 'insert-32',
    about: 'POST 200 B, 32 connections',
    tool: 'wrk',
    path,
    connections: 32,
    body: posted,
    contestants: ['copy', 'stock', 'pgbench'],
  },
  {
    name: 'insert-1',
    about: 'POST 200 B, 1 connection',
    tool: 'wrk',
    path,
    connections: 1,
    body: posted,
    contestants: ['copy', 'stock'],
  },
  {
    name: 'whole-list',
    about: 'GET 100,000 rows, 4 connections',
    tool: 'wrk',
    path,
    connections: 4,
    minSeconds: 5,
    maxRounds: 3,
    measuresGrowth: true,
    contestants: ['copy-large', 'stock-large'],
    peer: 'stock-large',
  },
  {
    name: 'page',
    about: 'GET 50 of 100,000 rows, 32 connections',
    tool: 'wrk',
    path,
    connections: 32,
    contestants: ['page-first', 'page-middle'],
    peer: 'page-first',
  },
];

const figure = 'requestsPerSecond';

/** The goals of the API. */
export const apiGoals: readonly Goal[] = [
  { load: 'list', contestant: 'copy', figure, against: 'stock', atLeast: 3.5 },
  { load: 'list', contestant: 'copy', figure, against: 'constant', atLeast: 0.45 },
  {
    load: 'list-profiled',
    contestant: 'profiled',
    figure: 'cpuMicrosPerRequest',
    against: 'copy',
    atMost: 1.05,
  },
  { load: 'revalidate', contestant: 'copy', figure, against: 'stock', atLeast: 4 },
  { load: 'insert-32', contestant: 'copy', figure, against: 'stock', atLeast: 3 },
  { load: 'insert-32', contestant: 'copy', figure, against: 'pgbench', atLeast: 1.1 },
  { load: 'insert-1', contestant: 'copy', figure, against: 'stock', atLeast: 1 },
  { load: 'whole-list', contestant: 'copy-large', figure, against: 'stock-large', atLeast: 2 },
  {
    load: 'whole-list',
    contestant: 'copy-large',
    figure: 'growthMb',
    against: 'stock-large',
    atMost: 0.25,
  },
  { load: 'page', contestant: 'page-middle', figure, against: 'page-first', atLeast: 0.9 },
];
