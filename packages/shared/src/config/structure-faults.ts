import type { ErrorObject } from 'ajv';
import { explainSchemaError } from '../schema/explain-schema-error.ts';
import type { StructureFault } from './settings.ts';

const descriptionOf = (schema: unknown): string | undefined =>
  typeof schema === 'object' &&
  schema !== null &&
  'description' in schema &&
  typeof schema.description === 'string'
    ? schema.description
    : undefined;

const toFault = (error: ErrorObject): StructureFault => {
  const { pointer, detail } = explainSchemaError(error, { unknownField: 'is not a setting' });
  const place = pointer.slice(1);
  if (error.keyword === 'required' || error.keyword === 'additionalProperties')
    return { pointer: place, problem: detail };
  const description = descriptionOf(error.parentSchema);
  const rule = description === undefined ? detail : `must be ${description}`;
  return { pointer: place, problem: `${rule}, and is ${JSON.stringify(error.data)}` };
};

/** Converts the errors of ajv, run with `allErrors` and `verbose`, to one fault for each place and problem. */
export const toStructureFaults = (errors: readonly ErrorObject[]): readonly StructureFault[] => {
  const faults = new Map<string, StructureFault>();
  for (const error of errors) {
    // The branch that `if` selects reports its own errors.
    if (error.keyword === 'if') continue;
    const fault = toFault(error);
    faults.set(`${fault.pointer} ${fault.problem}`, fault);
  }
  return [...faults.values()];
};
