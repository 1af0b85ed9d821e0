import {
  constantAnswer,
  pageAfter,
  profiledApi,
  stockApi,
  tripodApi,
} from '../contestants/api-contestants.ts';
import { pgbench } from '../contestants/pgbench.ts';
import type { Run } from '../definition/run.ts';
import { apiGoals, apiLoads } from '../loads/api-loads.ts';
import { startDatabases } from '../machine/start-database.ts';

const many = 100_000;

// Contestants that insert have a database each, so that they do not share rows.
const rows = { copy: 3, stock: 3, pgbench: 3, large: many };

export const run: Run = {
  about: "one copy of Tripod's API beside a stock API (Express and knex), and beside Postgres without an API",
  contestants: [
    tripodApi('copy', 'copy'),
    stockApi('stock', 'stock'),
    constantAnswer,
    profiledApi('profiled', 'copy'),
    pgbench('pgbench'),
    tripodApi('copy-large', 'large'),
    stockApi('stock-large', 'large'),
    pageAfter('page-first', 'large', 0),
    pageAfter('page-middle', 'large', many / 2),
  ],
  peer: 'stock',
  programs: ['wrk'],
  chartTitle: 'One copy of the API on one core',
  loads: apiLoads,
  goals: apiGoals,
  prepare: (place) => startDatabases(place, rows),
};
