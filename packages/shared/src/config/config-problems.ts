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

/** Lists the keys of the file that are not settings. */
export const unknownKeys = (settings: Settings, { file }: ConfigSources): readonly ConfigProblem[] =>
  Object.keys(file?.values ?? {})
    .filter((name) => !Object.hasOwn(settings, name))
    .map((name) => {
      const pointer = pointerOf(name);
      return { source: `${pointer} in ${file?.name}`, pointer, problem: 'is not a setting' };
    });

/**
 * Resolves settings that can be given either as a structure or as a flat setting. A file may contain only one of the
 * two; a flag or variable overrides the structure.
 */
export const settleStructures = (settings: Settings, found: Map<string, Found>): readonly ConfigProblem[] => {
  const problems: ConfigProblem[] = [];
  for (const [name, { insteadOf }] of Object.entries(settings)) {
    const structure = found.get(name);
    const flat = insteadOf === undefined ? undefined : found.get(insteadOf);
    if (!structure || !flat) continue;
    if (flat.kind === 'file') {
      const problem = `must not be used together with ${insteadOf}, which sets the same thing`;
      problems.push({ source: structure.source, pointer: pointerOf(name), problem });
    }
    if (flat.kind !== 'default') found.delete(name);
  }
  return problems;
};

/** Lists the problems of a value: those that ajv found, otherwise those that the setting's own check finds. */
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
