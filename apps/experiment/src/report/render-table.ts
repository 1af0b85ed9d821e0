import type { ExperimentResult } from '../verdict/result.ts';
import { columnTitle, describeClaim, describeMethod, describeVerdict, verdictRows } from './describe.ts';

const pad = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
};

/** The result of an experiment as text: what was done, the verdict table, each claim, and why. */
export const renderTable = (result: ExperimentResult): string => {
  const { experiment, lab, title, balancers, explain, left } = result;
  const rows = verdictRows.map(([name, cell]) => [name, ...balancers.map(cell)]);
  const claims = balancers.flatMap((one) => [
    `${columnTitle(one)}: proof that the fault took effect`,
    ...one.proof.map((claim) => `  ${describeClaim(claim)}`),
    `${columnTitle(one)}: hypothesis`,
    ...one.claims.map((claim) => `  ${describeClaim(claim)}`),
    ...one.checks.map(({ name, holds, detail }) => `  ${holds ? 'holds ' : 'FAILED'} ${name}: ${detail}`),
    ...(one.generatorLate === undefined ? [] : [`  The times do not count: ${one.generatorLate}.`]),
  ]);
  return [
    `${title} (${experiment}, lab ${lab})`,
    describeMethod(result),
    '',
    ...pad([['', ...balancers.map(columnTitle)], ...rows]),
    '',
    ...claims,
    ...left,
    '',
    describeVerdict(result),
    explain,
  ].join('\n');
};
