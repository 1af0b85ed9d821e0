import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentOf, hasVariable } from '@tripod/shared/config/settings';
import { documentedServices } from '../../../scripts/documented-services.ts';

/** Variables that the system, npm, pnpm or Tripod's processes set for each other, and not a user. */
const internal: ReadonlySet<string> = new Set([
  'PATH',
  'HOME',
  'TMPDIR',
  'INIT_CWD',
  'LD_LIBRARY_PATH',
  'TEST_DATABASE_URL',
]);

const sources = ['apps/*/src/**/*.ts', 'packages/*/src/**/*.ts', 'test/support/**/*.ts', 'bench/src/**/*.ts'];

/** Returns every environment variable that a user may set: those of the settings, and those that code reads by name. */
export const readVariables = (root: string): ReadonlySet<string> => {
  const variables = new Set<string>(['CI']);
  for (const { settings } of documentedServices) {
    for (const [name, setting] of Object.entries(settings)) {
      if (hasVariable(setting)) variables.add(environmentOf(name));
    }
  }
  for (const file of sources.flatMap((pattern) => globSync(pattern, { cwd: root }))) {
    const text = readFileSync(join(root, file), 'utf8');
    for (const [, name = ''] of text.matchAll(/\benv(?:ironment)?\['([A-Z][A-Z0-9_]*)'\]/g))
      variables.add(name);
  }
  for (const name of internal) variables.delete(name);
  return variables;
};
