import { constantAnswer, ourApi, pageAfter, stockApi } from '../contestants/api-contestants.ts';
import { pgbench } from '../contestants/pgbench.ts';
import { apiGoals, apiLoads } from '../loads/api-loads.ts';
import { startDatabases } from '../machine/start-database.ts';
import type { Run } from '../run.ts';

const many = 100_000;

// Those that insert have a database each, so that one's rows are not another's list.
const rows = { copy: 3, stock: 3, pgbench: 3, large: many };

export const run: Run = {
  about: 'one copy of our API against Express and knex as the manuals show them, and against Postgres alone',
  contestants: [
    ourApi('copy', 'copy'),
    stockApi('stock', 'stock'),
    constantAnswer,
    pgbench('pgbench'),
    ourApi('copy-large', 'large'),
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
