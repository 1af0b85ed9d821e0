import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { findInstalledNginx } from '@tripod/testing/installed-nginx';
import { type EngineKind, versionOf } from '../src/engines/start-engine.ts';
import { rulesWithWays } from '../src/nginx-deviations/find-deviation.ts';
import { type ConformanceResult, runConformance } from '../src/play/run-conformance.ts';
import { findFailures } from '../src/report/find-failures.ts';
import { topics } from '../src/rules/topics.ts';

const nginx = findInstalledNginx();
const kinds: readonly EngineKind[] = ['direct', 'http-proxy', ...(nginx ? (['nginx'] as const) : [])];
const rows = topics.flatMap((topic) => topic.cases.map((one) => [topic.name, one.rule] as const));

let result: ConformanceResult;
let findings: ReturnType<typeof findFailures>;

// All rows are played at once, for every engine; the tests below only look at what came of them.
beforeAll(async () => {
  result = await runConformance({ topics, kinds, nginx: nginx ?? '' });
  findings = findFailures(result, nginx ? versionOf(nginx) : '');
  for (const fact of findings.facts) process.stdout.write(`conformance: ${fact}\n`);
}, 600_000);

describe.each(kinds)('the conformance rules and %s', (kind) => {
  // nginx in its own version may do more in its own way: that is printed above and no failure, unless it is a hole.
  it.each(rows)('%s: %s', (topic, rule) => {
    const found = findings.failures.filter((failure) => failure.startsWith(`${kind}: ${topic}: ${rule}: `));
    expect(found).toEqual([]);
  });

  it('leave a process that lives, logged no error and has nothing in flight', () => {
    expect(result.engines.find((engine) => engine.kind === kind)?.faults).toEqual([]);
  });
});

if (!nginx) {
  // CI never gets here: findInstalledNginx throws there.
  it.skip('nginx is not installed: its ways are not looked at', () => undefined);
}

describe('the tables of conformance rules', () => {
  it('have at least 500 rows, each with a sentence of its own', () => {
    expect(rows.length).toBeGreaterThanOrEqual(500);
    const names = rows.map(([, rule]) => rule);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('have a row for each rule that nginx is said to keep in its own way', () => {
    const names = new Set(rows.map(([, rule]) => rule));
    expect(rulesWithWays().filter((rule) => !names.has(rule))).toEqual([]);
  });

  it('are those of docs/reference/conformance.md, as `pnpm conformance --write` writes it', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/reference/conformance.md'), 'utf8');
    expect(
      topics.map(({ name, cases }) => `| ${name} | ${cases.length} |`).filter((row) => !page.includes(row)),
    ).toEqual([]);
  });
});
