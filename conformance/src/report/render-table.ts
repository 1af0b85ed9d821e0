import type { Topic } from '../case/case.ts';
import type { EngineKind } from '../engines/start-engine.ts';
import { findNginxWay } from '../nginx-deviations/find-deviation.ts';
import type { CaseResult, ConformanceResult, Verdict } from '../play/run-conformance.ts';

const mark = (verdict: Verdict | undefined): string => {
  if (!verdict) return '–';
  return verdict.holds ? '✓' : verdict.isExpected ? verdict.words : `✗ ${verdict.words}`;
};

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** Lines of text, a table for each topic: the rule, our two engines, and nginx at the end, whose words may be long. */
export const renderText = (topics: readonly Topic[], { cases }: ConformanceResult): string => {
  const width = 2 + Math.min(100, Math.max(...cases.map(({ one }) => one.rule.length)));
  const own = (verdict: Verdict | undefined): string => (mark(verdict).length === 1 ? mark(verdict) : '✗');
  return topics
    .map((topic) => {
      const rows = cases.filter((result) => result.topic === topic);
      const lines = rows.flatMap(({ one, verdicts }) => [
        `  ${one.rule.padEnd(width)} ${own(verdicts.direct).padEnd(7)} ${own(verdicts['http-proxy']).padEnd(11)} ${mark(verdicts.nginx)}`,
        ...(['direct', 'http-proxy'] as const).flatMap((kind) =>
          verdicts[kind] && !verdicts[kind].holds ? [`      ${kind}: ${verdicts[kind].words}`] : [],
        ),
      ]);
      const title = `${topic.name} (${rows.length})`;
      return [`${title.padEnd(width + 2)} direct  http-proxy  nginx`, ...lines, ''].join('\n');
    })
    .join('\n');
};

const countOf = (cases: readonly CaseResult[], kind: EngineKind): string =>
  String(cases.filter(({ verdicts }) => verdicts[kind]?.holds).length);

/** The page docs/reference/conformance.md: counts for each topic, and every rule that an engine does otherwise. */
export const renderPage = (
  topics: readonly Topic[],
  { cases }: ConformanceResult,
  nginxVersion: string,
): string => {
  const counts = topics.map((topic) => {
    const rows = cases.filter((result) => result.topic === topic);
    return `| ${topic.name} | ${rows.length} | ${countOf(rows, 'direct')} | ${countOf(rows, 'http-proxy')} | ${countOf(rows, 'nginx')} |`;
  });
  const differences = topics.flatMap((topic) => {
    const rows = cases.filter(({ topic: own, one }) => own === topic && findNginxWay(one.rule));
    if (rows.length === 0) return [];
    return [
      '',
      `### ${topic.name}`,
      '',
      '| rule of ours | nginx |',
      '|---|---|',
      ...rows.map(({ one }) => `| ${cell(one.rule)} | ${cell(findNginxWay(one.rule)?.says ?? '')} |`),
    ];
  });
  return `${[
    '# Conformance: rule by rule, engine by engine',
    '',
    '<!-- Written by `pnpm conformance --write`: change the tables in conformance/src/rules/ instead. -->',
    '',
    'Every row is a sentence, bytes to a proxy on a raw socket, a scripted upstream behind it, and what must come of',
    'them. The same rows run against both engines of our proxy and against real nginx with `config/nginx.conf`. Our',
    'engines must pass all; what nginx does in its own way is recorded, and seen when it changes.',
    '',
    '`pnpm conformance` plays all of them in well under a minute and prints every row; `--only TEXT` those whose topic or',
    'rule holds the text; `--write` also writes this page. The tests do the same: `conformance/test/conformance.test.ts`.',
    '',
    'Besides what a row expects, each request that reached an upstream must be one that the proxy reported in its access',
    'log: no request is smuggled. At the end nothing is in flight any more, and no process has ended or logged an error.',
    '',
    `## Rules kept, of ${cases.length}`,
    '',
    `| topic | rules | direct | http-proxy | nginx ${nginxVersion} |`,
    '|---|---|---|---|---|',
    ...counts,
    `| **all** | ${cases.length} | ${countOf(cases, 'direct')} | ${countOf(cases, 'http-proxy')} | ${countOf(cases, 'nginx')} |`,
    '',
    '## What nginx does in its own way',
    '',
    'Not all of these are faults: some are rules of our own, some are choices that the RFC leaves open.',
    ...differences,
  ].join('\n')}\n`;
};
