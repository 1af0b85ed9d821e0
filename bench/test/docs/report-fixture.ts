import { type Round, reportLoad } from '../../src/measure/report-load.ts';
import { judgeGoals } from '../../src/report/judge-goals.ts';
import type { Report } from '../../src/report/report.ts';

const common = { path: '/', connections: 1 } as const;
const names = ['ours', 'nginx'];

const rate = (ours: number): Round => ({
  ours: { figures: { requestsPerSecond: ours } },
  nginx: { figures: { requestsPerSecond: 1000 } },
});

const loads = [
  reportLoad({ ...common, name: 'small', about: 'GET 1 B, a & b', tool: 'wrk' }, [rate(500), rate(900)], {
    names,
    peer: 'nginx',
  }),
  reportLoad(
    { ...common, name: 'idle', about: 'idle clients', tool: 'idle-clients' },
    [{ ours: { figures: { residentMb: 150 } }, nginx: { figures: { residentMb: 20 } } }],
    { names, peer: 'nginx' },
  ),
];

/** A report of two loads and two contestants, one of which was skipped. */
export const reportFixture: Report = {
  run: 'proxy',
  about: 'ours against nginx',
  at: '2030-02-03T04:05:06.000Z',
  command: 'pnpm bench proxy --rounds 2 --seconds 1',
  machine: { cores: 2, model: 'a processor', system: 'Linux 6.1', pinning: 'nothing is pinned' },
  versions: { node: '24.0.0', nginx: '1.2.3' },
  rounds: 2,
  seconds: 1,
  contestants: [
    { name: 'ours', about: 'as it comes' },
    { name: 'nginx', about: 'tuned' },
  ],
  absent: [{ name: 'haproxy', why: 'haproxy is not installed', failed: false }],
  loads,
  goals: judgeGoals(
    [{ load: 'small', contestant: 'ours', figure: 'requestsPerSecond', against: 'nginx', atLeast: 0.8 }],
    loads,
  ),
};
