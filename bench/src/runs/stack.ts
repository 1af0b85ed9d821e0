import {
  idleCopy,
  idleStatic,
  nginxWithStockApi,
  nginxWithTripodApi,
  tripod,
} from '../contestants/stack-contestants.ts';
import type { Run } from '../definition/run.ts';
import { stackGoals, stackLoads } from '../loads/stack-loads.ts';
import { startDatabases } from '../machine/start-database.ts';

export const run: Run = {
  about: "Tripod, and nginx with Tripod's API copies, beside nginx with a stock API, on all cores",
  contestants: [tripod, nginxWithTripodApi, nginxWithStockApi, idleCopy, idleStatic],
  peer: 'nginx-stock',
  programs: ['nginx', 'ab'],
  onAllCores: true,
  chartTitle: "Tripod, and nginx with Tripod's API copies, on all cores",
  loads: stackLoads,
  goals: stackGoals,
  prepare: (place) => startDatabases(place, { images: 3 }),
};
