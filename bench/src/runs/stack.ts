import {
  idleCopy,
  idleStatic,
  nginxBeforeOurs,
  nginxBeforeStock,
  tripod,
} from '../contestants/stack-contestants.ts';
import { stackGoals, stackLoads } from '../loads/stack-loads.ts';
import { startDatabases } from '../machine/start-database.ts';
import type { Run } from '../run.ts';

export const run: Run = {
  about: 'the whole system against nginx in front of Express and knex, on all cores',
  contestants: [tripod, nginxBeforeOurs, nginxBeforeStock, idleCopy, idleStatic],
  peer: 'nginx-stock',
  programs: ['nginx', 'ab'],
  onAllCores: true,
  chartTitle: 'A proxy, three copies of the API and Postgres on all cores',
  loads: stackLoads,
  goals: stackGoals,
  prepare: (place) => startDatabases(place, { images: 3 }),
};
