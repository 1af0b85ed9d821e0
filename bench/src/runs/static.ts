import { pathToFileURL } from 'node:url';
import { nginxStatic, tripodStatic } from '../contestants/static-contestants.ts';
import type { Run } from '../definition/run.ts';
import { staticGoals, staticLoads } from '../loads/static-loads.ts';
import { makeSite } from '../machine/make-site.ts';

export const run: Run = {
  about: "Tripod's static server beside nginx, tuned for files",
  contestants: [tripodStatic, nginxStatic],
  peer: 'nginx',
  programs: ['nginx'],
  chartTitle: 'Static servers on one core',
  loads: staticLoads,
  goals: staticGoals,
  prepare: ({ folder }) => Promise.resolve([pathToFileURL(makeSite(folder)).href]),
};
