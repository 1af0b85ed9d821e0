import type { Goal } from '../definition/goal.ts';
import type { Load } from '../definition/load.ts';

/** The loads on the static servers. */
export const staticLoads: readonly Load[] = [
  { name: 'html', about: 'GET 600 B, 32 connections', tool: 'wrk', path: '/small.html', connections: 32 },
  { name: 'css', about: 'GET 50 KB, 32 connections', tool: 'wrk', path: '/style.css', connections: 32 },
  {
    name: 'css-gzip',
    about: 'GET 50 KB by gzip, 32 connections',
    tool: 'wrk',
    path: '/style.css',
    connections: 32,
    headers: { 'Accept-Encoding': 'gzip' },
  },
  { name: 'picture', about: 'GET 5 MB, 8 connections', tool: 'wrk', path: '/picture.jpg', connections: 8 },
];

const figure = 'requestsPerSecond';
const against = 'nginx';

/** The goals of Tripod's static server. */
export const staticGoals: readonly Goal[] = [
  { load: 'html', contestant: 'static', figure, against, atLeast: 0.5 },
  { load: 'css', contestant: 'static', figure, against, atLeast: 0.4 },
  { load: 'css-gzip', contestant: 'static', figure, against, atLeast: 0.42 },
  { load: 'picture', contestant: 'static', figure, against, atLeast: 1.2 },
];
