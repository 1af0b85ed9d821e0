/**
 * Part of `pnpm lint`: refuses imports that break scripts/dependency-rules.ts, and cycles between folders. Reads the
 * sources of apps and packages with dependency-cruiser, which parses TypeScript by swc, type imports included.
 */
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { dependencyRules } from './dependency-rules.ts';
import { findFolderCycles } from './folder-cycles.ts';

const { output } = await cruise(
  ['apps/*/src', 'packages/*/src'],
  {
    ruleSet: { forbidden: [...dependencyRules] },
    validate: true,
    parser: 'swc',
    tsPreCompilationDeps: true,
    includeOnly: {
      path: ['^(apps|packages|test)/', '^(node:)?process$', 'node_modules/(http-proxy|pg|knex)/'],
    },
    // dependency-cruiser reads Vue files only with a compiler that needs an older TypeScript.
    exclude: { path: '[.]vue$' },
    doNotFollow: { path: 'node_modules' },
  },
  { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'], extensions: ['.ts', '.js'] },
);
const { modules, summary } = output as ICruiseResult;
const faults = summary.violations.map(({ from, to, rule }) => {
  const { comment } = dependencyRules.find(({ name }) => name === rule.name) ?? {};
  return `${rule.name}: ${from} imports ${to}\n  ${comment}`;
});
const imports = modules.flatMap(({ source, dependencies }) =>
  dependencies.map(({ resolved }) => ({ from: source, to: resolved })),
);
const local = imports.filter(({ to }) => /^(apps|packages)\/[^/]+\/src\//.test(to));
for (const cycle of findFolderCycles(local)) {
  const steps = cycle.map(({ from, to }) => `\n  ${from} imports ${to}`).join('');
  faults.push(`no-folder-cycle: these imports lead back to their folder${steps}`);
}
if (modules.length < 100) faults.push(`only ${modules.length} files were found: the check itself is broken`);
if (faults.length > 0) {
  console.error(faults.join('\n'));
  console.error(`${faults.length} forbidden ${faults.length === 1 ? 'dependency' : 'dependencies'}.`);
  process.exitCode = 1;
} else {
  console.log(`Checked ${local.length} imports of ${modules.length} files.`);
}
