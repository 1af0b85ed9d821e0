import { hasFlag, type Setting, type Settings } from '@tripod/shared/config/settings';
import { labKeys, requiredLabKeys } from './lab-definition.ts';

/** Settings of a file, or of the place where a lab runs, are not part of its definition. */
const leftOut: ReadonlySet<string> = new Set(['config', 'stateDir', 'postgresDir', 'labFolder', 'detach']);

const toSchema = (setting: Setting): Readonly<Record<string, unknown>> => {
  const { description, schema } = setting;
  if (schema) return { ...schema, description };
  const { type, minimum, maximum, enum: values, pattern, minLength, items, path } = setting;
  const text = path ? `${description}; a relative path holds from this file` : description;
  return Object.fromEntries(
    Object.entries({
      description: text,
      type,
      minimum,
      maximum,
      enum: values,
      pattern,
      minLength,
      items: type === 'array' ? (items ?? { type: 'string' }) : undefined,
      // The default of a path depends on the checkout.
      default: path ? undefined : setting.default,
    }).filter(([, value]) => value !== undefined),
  );
};

/** The JSON Schema of lab.json, made from the settings of `stack up`. */
export const createLabSchema = (upSettings: Settings): Readonly<Record<string, unknown>> => {
  const settings = Object.entries(upSettings).filter(
    ([name, setting]) => !leftOut.has(name) && (hasFlag(setting) || setting.type === 'structure'),
  );
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A lab',
    description: 'A system that `pnpm dev LAB` starts. Flags win over the values here.',
    type: 'object',
    required: requiredLabKeys,
    additionalProperties: false,
    properties: Object.fromEntries(
      [...Object.entries<Setting>(labKeys), ...settings].map(([name, one]) => [name, toSchema(one)]),
    ),
  };
};
