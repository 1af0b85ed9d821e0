/**
 * Part of `pnpm lint`: refuses imports that break scripts/dependency-rules.ts, and cycles between folders. Reads the
 * sources of apps, packages, bench, conformance and scripts with dependency-cruiser, type imports included: TypeScript
 * by swc, and Vue files by acorn, because dependency-cruiser gives swc the whole Vue file instead of its script.
 */
import { cruise, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser';
import { dependencyRules } from './dependency-rules.ts';
import { findFolderCycles } from './folder-cycles.ts';

/** Sources, not tests: a test folder may import another folder's sources and the reverse. */
const isSource = (file: string): boolean =>
  /^((apps|packages)\/[^/]+\/src|(bench|conformance)\/src|scripts)\//.test(file);

const readImports = async (
  files: readonly string[],
  parser: NonNullable<ICruiseOptions['parser']>,
  unread: readonly string[],
): Promise<ICruiseResult> => {
  const { output } = await cruise(
    [...files],
    {
      ruleSet: { forbidden: [...dependencyRules] },
      validate: true,
      parser,
      tsPreCompilationDeps: true,
      includeOnly: {
        path: [
          '^(apps|packages|bench|conformance|scripts|test)/',
          '^(node:)?process$',
          'node_modules/(http-proxy|pg|knex)/',
        ],
      },
      exclude: { path: '^scripts/test/' },
      doNotFollow: { path: ['node_modules', ...unread] },
    },
    {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js', '.vue'],
    },
  );
  return output as ICruiseResult;
};

const sources = ['apps/*/src', 'packages/*/src', 'bench/src', 'conformance/src', 'scripts'].map(
  (folder) => `${folder}/**/*.ts`,
);
const results = [
  await readImports(sources, 'swc', ['[.]vue$']),
  await readImports(['apps/*/src/**/*.vue'], 'acorn', ['[.]ts$']),
];
const modules = results.flatMap((result) => result.modules);
const faults = results
  .flatMap(({ summary }) => summary.violations)
  .map(({ from, to, rule }) => {
    const { comment } = dependencyRules.find(({ name }) => name === rule.name) ?? {};
    return `${rule.name}: ${from} imports ${to}\n  ${comment}`;
  });
const imports = modules.flatMap(({ source, dependencies }) =>
  dependencies.map(({ resolved }) => ({ from: source, to: resolved })),
);
const local = imports.filter(({ to }) => isSource(to));
for (const cycle of findFolderCycles(local)) {
  const steps = cycle.map(({ from, to }) => `\n  ${from} imports ${to}`).join('');
  faults.push(`no-folder-cycle: these imports lead back to their folder${steps}`);
}
const files = new Set(modules.map(({ source }) => source));
if (files.size < 100) faults.push(`only ${files.size} files were found: the check itself is broken`);
if (!imports.some(({ from }) => from.endsWith('.vue')))
  faults.push('no import of a Vue file was found: is @vue/compiler-sfc installed?');
if (faults.length > 0) {
  console.error(faults.join('\n'));
  console.error(`${faults.length} forbidden ${faults.length === 1 ? 'dependency' : 'dependencies'}.`);
  process.exitCode = 1;
} else {
  console.log(`Checked ${local.length} imports of ${files.size} files.`);
}
