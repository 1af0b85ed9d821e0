import type { ErrorObject } from 'ajv';
import { pointerToken } from '../schema/explain-schema-error.ts';
import type { ConfigProblem } from './config-error.ts';
import { type ConfigSources, type Found, pointerOf } from './find-value.ts';
import { describeShape, type Setting, type Settings } from './settings.ts';
import { toStructureFaults } from './structure-faults.ts';

const shown = (setting: Setting, value: unknown): string =>
  setting.secret ? '' : `, and is ${JSON.stringify(value)}`;

const structureProblems = (
  name: string,
  setting: Setting,
  { value, source, kind }: Found,
  errors: readonly ErrorObject[],
): readonly ConfigProblem[] => {
  const path = `/${pointerToken(name)}`;
  const faults =
    errors.length === 0
      ? (setting.faults?.(value as never) ?? [])
      : toStructureFaults(errors).map((fault) => ({ ...fault, pointer: fault.pointer.slice(path.length) }));
  const place = kind === 'file' ? source.slice(pointerOf(name).length) : '';
  return faults.map(({ pointer, problem }) => ({
    source: `${pointerOf(name)}${pointer}${place}`,
    pointer: `${pointerOf(name)}${pointer}`,
    problem,
  }));
};

const valueProblems = (
  name: string,
  setting: Setting,
  { value, source, kind }: Found,
  errors: readonly ErrorObject[],
): readonly ConfigProblem[] => {
  const problems =
    errors.length > 0
      ? [`must be ${describeShape(setting)}${shown(setting, value)}`]
      : (setting.problems?.(value as never) ?? []);
  const pointer = kind === 'file' ? { pointer: pointerOf(name) } : {};
  return problems.map((problem) => ({ source, problem, ...pointer }));
};

/** Names in the file that are no setting. */
export const unknownKeys = (settings: Settings, { file }: ConfigSources): readonly ConfigProblem[] =>
  Object.keys(file?.values ?? {})
    .filter((name) => !Object.hasOwn(settings, name))
    .map((name) => {
      const pointer = pointerOf(name);
      return { source: `${pointer} in ${file?.name}`, pointer, problem: 'is not a setting' };
    });

/** A structure and its flat setting say the same: a file may hold one of them, and what is typed wins over both. */
export const settleStructures = (settings: Settings, found: Map<string, Found>): readonly ConfigProblem[] => {
  const problems: ConfigProblem[] = [];
  for (const [name, { insteadOf }] of Object.entries(settings)) {
    const structure = found.get(name);
    const flat = insteadOf === undefined ? undefined : found.get(insteadOf);
    if (!structure || !flat) continue;
    if (flat.kind === 'file') {
      const problem = `must not stand beside ${insteadOf}, which says the same`;
      problems.push({ source: structure.source, pointer: pointerOf(name), problem });
    }
    if (flat.kind !== 'default') found.delete(name);
  }
  return problems;
};

/** What is wrong with a value: what ajv found, or else what the setting itself finds. */
export const problemsOf = (
  name: string,
  setting: Setting,
  found: Found,
  errors: readonly ErrorObject[],
): readonly ConfigProblem[] => {
  const path = `/${pointerToken(name)}`;
  const own = errors.filter(
    ({ instancePath }) => instancePath === path || instancePath.startsWith(`${path}/`),
  );
  return setting.type === 'structure'
    ? structureProblems(name, setting, found, own)
    : valueProblems(name, setting, found, own);
};
