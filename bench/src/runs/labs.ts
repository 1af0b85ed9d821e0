import { labCopy, labStock } from '../contestants/lab-contestants.ts';
import type { Run } from '../definition/run.ts';
import { labGoals, labLoads } from '../loads/lab-loads.ts';
import { startLabDatabases } from '../machine/start-lab-databases.ts';

export const run: Run = {
  about: "the labs' resources on one copy of Tripod's API, beside Express with one statement per request",
  contestants: [
    labCopy('copy', 'postgres'),
    labStock('stock', 'postgres'),
    labCopy('copy-redis', 'redis'),
    labStock('stock-redis', 'redis'),
  ],
  peer: 'stock',
  programs: ['wrk', 'redis-server'],
  chartTitle: 'The resources of the labs on one core',
  loads: labLoads,
  goals: labGoals,
  prepare: startLabDatabases,
};
