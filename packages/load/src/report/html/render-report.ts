import { createHash } from 'node:crypto';
import { escapeHtml } from '@tripod/shared/http/error-page';
import { formatCount, formatMs, percentileNames } from '../format.ts';
import type { LoadRun } from '../load-run.ts';
import { describeTrust } from '../render-result.ts';
import type { Sample } from '../sample.ts';
import { renderChart } from './render-chart.ts';
import { renderTable } from './render-table.ts';
import { reportStyle } from './report-style.ts';

const maxPoints = 400;

/** At most 400 samples: of a longer run, several seconds become one, with the largest percentiles among them. */
const thin = (samples: readonly Sample[]): readonly Sample[] => {
  const size = Math.ceil(samples.length / maxPoints);
  if (size <= 1) return samples;
  const groups = Array.from({ length: Math.ceil(samples.length / size) }, (_, at) =>
    samples.slice(at * size, (at + 1) * size),
  );
  return groups.flatMap((group) => {
    const last = group.at(-1);
    if (!last) return [];
    const mean = (of: (sample: Sample) => number) =>
      group.reduce((sum, sample) => sum + of(sample), 0) / group.length;
    const most = (of: (sample: Sample) => number) => Math.max(...group.map(of));
    return {
      ...last,
      requestsPerSecond: mean((one) => one.requestsPerSecond),
      failedPerSecond: mean((one) => one.failedPerSecond),
      responseTimeMs: {
        p50: most((one) => one.responseTimeMs.p50),
        p95: most((one) => one.responseTimeMs.p95),
        p99: most((one) => one.responseTimeMs.p99),
      },
    };
  });
};

const renderCharts = ({ samples = [], changes = [], model }: LoadRun): string => {
  if (samples.length < 2) return '';
  const points = thin(samples);
  const shared = {
    seconds: points.map(({ elapsedSeconds }) => elapsedSeconds),
    marks: changes.map(({ atSeconds }) => atSeconds),
  };
  const time = (name: 'p50' | 'p95' | 'p99') => ({
    name,
    values: points.map(({ responseTimeMs }) => responseTimeMs[name]),
  });
  const single = (name: string, of: (sample: Sample) => number) => [{ name, values: points.map(of) }];
  const charts = [
    { title: 'Requests', unit: 'per second', series: single('requests', (one) => one.requestsPerSecond) },
    { title: 'Response time', unit: 'ms', series: [time('p50'), time('p95'), time('p99')] },
    { title: 'Failed', unit: 'per second', series: single('failed', (one) => one.failedPerSecond) },
    {
      title: model === 'closed' ? 'Users' : 'Tasks in flight',
      unit: 'count',
      series: single('users', ({ users }) => users),
    },
  ].map((chart) => renderChart({ ...chart, ...shared }));
  const rows = points.map((one) => [
    one.elapsedSeconds.toFixed(0),
    formatCount(one.users),
    formatCount(one.requestsPerSecond),
    formatCount(one.failedPerSecond),
    ...(['p50', 'p95', 'p99'] as const).map((name) => formatMs(one.responseTimeMs[name])),
  ]);
  const columns = ['second', 'users', 'requests/s', 'failed/s', 'p50 ms', 'p95 ms', 'p99 ms'];
  return `<h2>Over time</h2>
<div class="charts">${charts.join('\n')}</div>
<details><summary>The figures of the charts</summary>${renderTable('Figures over time', columns, rows)}</details>`;
};

const renderTimes = ({ responseTimeMs, serviceTimeMs, sendLagMs }: LoadRun): string => {
  const rows = Object.entries({
    'response time': responseTimeMs,
    'service time': serviceTimeMs,
    'send lag': sendLagMs,
  }).flatMap(([title, times]) =>
    times === undefined ? [] : [[title, ...percentileNames.map((name) => formatMs(times[name]))]],
  );
  return renderTable('Times in ms', ['time', ...percentileNames], rows);
};

const renderNames = ({ names }: LoadRun): string => {
  if (names.length === 0) return '';
  const columns = ['request', 'requests', 'failed', 'average', 'min', 'p50', 'p95', 'p99', 'max', 'bytes'];
  const rows = names.map(({ method, name, responseTimeMs: times, ...one }) => [
    `${method} ${name}`,
    formatCount(one.requests),
    formatCount(one.failed),
    ...[one.averageMs, one.minMs, times.p50, times.p95, times.p99, times.max].map(formatMs),
    formatCount(one.averageBytes),
  ]);
  return renderTable('Requests by name, times in ms', columns, rows);
};

const renderFailures = ({ failures }: LoadRun): string =>
  failures.length === 0
    ? '<p>No request and no check failed.</p>'
    : renderTable(
        'Failures',
        ['failure', 'count', 'first seen', 'last seen'],
        failures.map(({ kind, count, firstAt = '–', lastAt = '–' }) => [
          kind,
          formatCount(count),
          firstAt,
          lastAt,
        ]),
      );

const renderVerdicts = ({ thresholds, checks }: LoadRun): string => {
  const words = { held: 'held', missed: 'missed', none: 'no verdict' };
  const lines = [
    ...thresholds.map(({ verdict, name, measured, limit }) => ({
      verdict,
      text: `${name}: ${measured}, ${limit}`,
    })),
    ...checks.map(({ holds, name, detail }) => ({
      verdict: holds ? ('held' as const) : ('missed' as const),
      text: `${name}: ${detail}`,
    })),
  ].map(
    ({ verdict, text }) =>
      `<li><strong class="${verdict}">${words[verdict]}</strong> ${escapeHtml(text)}</li>`,
  );
  return lines.length === 0
    ? '<p>The run has no thresholds and no checks.</p>'
    : `<ul class="verdicts">${lines.join('\n')}</ul>`;
};

const renderFacts = (caption: string, facts: Readonly<Record<string, unknown>>): string =>
  `<div class="facts">${renderTable(
    caption,
    ['name', 'value'],
    Object.entries(facts).map(([name, value]) => [name, String(value)]),
  )}</div>`;

const renderTiles = (run: LoadRun): string => {
  const tiles = {
    Requests: formatCount(run.requests),
    'Requests per second': formatCount(run.requestsPerSecond),
    Failed: formatCount(run.failed),
    'p50 ms': formatMs(run.responseTimeMs.p50),
    'p95 ms': formatMs(run.responseTimeMs.p95),
    'p99 ms': formatMs(run.responseTimeMs.p99),
    ...(run.knee ? { 'Limit, requests per second': formatCount(run.knee.rate) } : {}),
  };
  const entries = Object.entries(tiles).map(
    ([name, value]) => `<div><dt>${name}</dt><dd>${escapeHtml(value)}</dd></div>`,
  );
  return `<dl class="tiles">${entries.join('\n')}</dl>`;
};

const renderTrust = (run: LoadRun): string => {
  const text = escapeHtml(describeTrust(run));
  return run.generator?.late === undefined ? `<p>${text}</p>` : `<p class="notice">${text}</p>`;
};

const renderLimit = ({ knee }: LoadRun): string =>
  knee
    ? `<p>${formatCount(knee.rate)} requests a second held, ${formatCount(knee.exceededAt)} did not. Limited by ${escapeHtml(knee.limitedBy)}. All figures are those of the last step that held.</p>`
    : '';

/**
 * Renders a run as one HTML file: no scripts, and a policy that allows its own style sheet and nothing else. Serve it
 * without another style policy, or with the same.
 */
export const renderReport = (run: LoadRun): string => {
  const title = escapeHtml(`${run.scenario} on ${run.target}`);
  const styleHash = createHash('sha256').update(reportStyle).digest('base64');
  const seconds = (run.durationMs / 1000).toFixed(1);
  const changes = (run.changes ?? []).map(
    ({ atSeconds, load }) => `; from ${atSeconds.toFixed(0)} s on ${load}`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Load: ${title}</title>
<style>${reportStyle}</style>
</head>
<body>
<main>
<header>
<h1>${title}</h1>
<p>${escapeHtml(`${run.model} model, ${run.load}${changes.join('')}; ${seconds} s from ${run.startedAt}`)}</p>
</header>
${renderTiles(run)}
${renderLimit(run)}
${renderTrust(run)}
<h2>Thresholds and checks</h2>
${renderVerdicts(run)}
${renderCharts(run)}
<h2>Figures</h2>
${renderTimes(run)}
${renderNames(run)}
<h2>Failures</h2>
${renderFailures(run)}
<h2>How it was measured</h2>
${renderFacts('Settings', run.settings)}
${renderFacts('Machine', run.machine)}
</main>
</body>
</html>
`;
};
