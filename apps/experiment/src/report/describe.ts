import type { JudgedClaim } from '../verdict/judge.ts';
import type { ByCopy } from '../verdict/measured.ts';
import type { BalancerResult, ExperimentResult } from '../verdict/result.ts';

const none = '–';

export const formatMs = (ms: number): string => {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(0)} s`;
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
};

const formatPercent = (share: number): string => `${Math.round(share * 100)} %`;

/** The shares of the copies in the order of `names`, such as `33 33 34 %`. */
const formatShares = (shares: ByCopy, names: readonly string[]): string =>
  names.length === 0 ? none : `${names.map((name) => Math.round((shares[name] ?? 0) * 100)).join(' ')} %`;

const formatEach = (byCopy: ByCopy): string => {
  const all = Object.entries(byCopy).map(([name, ms]) => `${name} ${formatMs(ms)}`);
  return all.length === 0 ? none : all.join(', ');
};

const formatFailures = ({ failures }: BalancerResult): string =>
  Object.entries(failures)
    .map(([kind, count]) => `${count} × ${kind}`)
    .join(', ') || none;

const verdictOf = ({ holds, proof }: BalancerResult): string => {
  if (holds) return 'holds';
  return proof.every((claim) => claim.holds) ? 'failed' : 'not proven';
};

/** The lines of the verdict table: a title, and the cell of each load balancer. */
export const verdictRows: readonly (readonly [title: string, cell: (result: BalancerResult) => string])[] = [
  ['requests', ({ requests: { before, during, after } }) => `${before + during + after}`],
  ['failed', ({ failed }) => `${failed}`],
  ['failures', formatFailures],
  ['p99 without fault', ({ control }) => formatMs(control.p99Ms)],
  ['p99 before', ({ p99Ms }) => formatMs(p99Ms.before)],
  ['p99 during', ({ p99Ms }) => formatMs(p99Ms.during)],
  ['p99 after', ({ p99Ms }) => formatMs(p99Ms.after)],
  ['taken out after', ({ isOurs, ejectedAfterMs }) => (isOurs ? formatEach(ejectedAfterMs) : none)],
  ['back after', ({ isOurs, backAfterMs }) => (isOurs ? formatEach(backAfterMs) : none)],
  ['normal after', ({ recoveredAfterMs: ms }) => (ms === undefined ? 'not in this time' : formatMs(ms))],
  ['copies', ({ shares }) => Object.keys(shares.before).join(' ') || none],
  ['share before', ({ shares }) => formatShares(shares.before, Object.keys(shares.before))],
  ['share during', ({ shares }) => formatShares(shares.during, Object.keys(shares.before))],
  ['share after', ({ shares }) => formatShares(shares.after, Object.keys(shares.before))],
  ['writes lost', ({ writes }) => `${writes.lost}`],
  ['writes repeated', ({ writes }) => `${writes.repeated}`],
  ['verdict', verdictOf],
];

/** The name of a column: the load balancer and the variant. */
export const columnTitle = ({ balancer, variant }: BalancerResult): string =>
  variant === undefined ? balancer : `${balancer}, ${variant}`;

const formatFigure = (figure: string, value: number | undefined): string => {
  if (value === undefined) return 'not known';
  if (/Ms(?:\.|$)/.test(figure)) return formatMs(value);
  if (figure.startsWith('shares.')) return formatPercent(value);
  return Number.isInteger(value) ? `${value}` : value.toFixed(2);
};

/** A claim as one line, such as `holds   failed 0 (at most 0)`. */
export const describeClaim = ({ figure, value, limit, holds }: JudgedClaim): string =>
  `${holds ? 'holds ' : 'FAILED'} ${figure}: ${formatFigure(figure, value)} (${limit})`;

/** What was done, in one sentence. */
export const describeMethod = ({ balancers }: ExperimentResult): string => {
  const [first] = balancers;
  const steps = (first?.method ?? []).map(({ run, atMs }) => `${run} at ${formatMs(atMs)}`);
  return `${steps.join(', ')}.`;
};

/** Whether the hypothesis held, in one sentence. */
export const describeVerdict = ({ holds }: ExperimentResult): string =>
  holds ? 'The hypothesis holds for our engines.' : 'The hypothesis failed for at least one of our engines.';
