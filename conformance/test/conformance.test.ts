import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { findInstalledNginx } from '@tripod/testing/installed-nginx';
import { type EngineKind, nginxVersionOf } from '../src/engines/start-engine.ts';
import { rulesWithDeviations } from '../src/nginx-deviations/find-deviation.ts';
import { type ConformanceResult, runConformance } from '../src/play/run-conformance.ts';
import { findFailures } from '../src/report/find-failures.ts';
import { topics } from '../src/rules/topics.ts';

const nginx = findInstalledNginx();
const kinds: readonly EngineKind[] = ['direct', 'http-proxy', ...(nginx ? (['nginx'] as const) : [])];
const rows = topics.flatMap((topic) => topic.cases.map((testCase) => [topic.name, testCase.rule] as const));

let result: ConformanceResult;
let findings: ReturnType<typeof findFailures>;

// All rows run once, for every engine. The tests below only check the results.
beforeAll(async () => {
  result = await runConformance({ topics, kinds, nginx: nginx ?? '' });
  findings = findFailures(result, nginx ? nginxVersionOf(nginx) : '');
  for (const fact of findings.facts) process.stdout.write(`conformance: ${fact}\n`);
}, 600_000);

describe.each(kinds)('conformance of %s', (kind) => {
  // Another version of nginx may deviate more: that is printed above and is no failure, unless it is a vulnerability.
  it.each(rows)('%s: %s', (topic, rule) => {
    const found = findings.failures.filter((failure) => failure.startsWith(`${kind}: ${topic}: ${rule}: `));
    expect(found).toEqual([]);
  });

  it('runs until the end, logs no error and has no request in flight', () => {
    expect(result.engines.find((engine) => engine.kind === kind)?.faults).toEqual([]);
  });
});

if (!nginx) {
  // CI never gets here: findInstalledNginx throws there.
  it.skip('conformance of nginx: nginx is not installed', () => undefined);
}

describe('the tables of conformance rules', () => {
  it('have at least 500 rows, and no rule twice', () => {
    expect(rows.length).toBeGreaterThanOrEqual(500);
    const names = rows.map(([, rule]) => rule);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('have a row for each rule with a recorded deviation of nginx', () => {
    const names = new Set(rows.map(([, rule]) => rule));
    expect(rulesWithDeviations().filter((rule) => !names.has(rule))).toEqual([]);
  });

  it('match docs/reference/conformance.md, which `pnpm conformance --write` generates', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/reference/conformance.md'), 'utf8');
    expect(
      topics.map(({ name, cases }) => `| ${name} | ${cases.length} |`).filter((row) => !page.includes(row)),
    ).toEqual([]);
  });
});
