import type { ErrorObject } from 'ajv';
import type { StructureFault } from './settings.ts';

/** A name as it stands in a JSON pointer (RFC 6901). */
export const pointerToken = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

const descriptionOf = (schema: unknown): string | undefined =>
  typeof schema === 'object' &&
  schema !== null &&
  'description' in schema &&
  typeof schema.description === 'string'
    ? schema.description
    : undefined;

const toFault = ({
  keyword,
  instancePath,
  params,
  message,
  parentSchema,
  data,
}: ErrorObject): StructureFault => {
  const named = (name: unknown): string => `${instancePath}/${pointerToken(String(name))}`;
  switch (keyword) {
    case 'additionalProperties':
      return { pointer: named(params['additionalProperty']), problem: 'is not a setting' };
    case 'required':
      return { pointer: named(params['missingProperty']), problem: 'is missing' };
    default: {
      const description = descriptionOf(parentSchema);
      const rule = description === undefined ? (message ?? 'is not valid') : `must be ${description}`;
      return { pointer: instancePath, problem: `${rule}, and is ${JSON.stringify(data)}` };
    }
  }
};

/** What ajv, run with `allErrors` and `verbose`, found in a structure: one fault for each place and problem. */
export const toStructureFaults = (errors: readonly ErrorObject[]): readonly StructureFault[] => {
  const faults = new Map<string, StructureFault>();
  for (const error of errors) {
    // That a branch of `if` does not fit is told by the errors of the branch.
    if (error.keyword === 'if') continue;
    const fault = toFault(error);
    faults.set(`${fault.pointer} ${fault.problem}`, fault);
  }
  return [...faults.values()];
};
