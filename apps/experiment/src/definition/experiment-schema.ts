import type { Setting } from '@tripod/shared/config/settings';
import { experimentKeys, requiredExperimentKeys } from './experiment.ts';

const toSchema = ({ description, schema, type, pattern, minimum, maximum }: Setting): object => {
  if (schema) return { ...schema, description };
  const checked = Object.entries({ pattern, minimum, maximum }).filter(([, value]) => value !== undefined);
  return { description, type, ...Object.fromEntries(checked) };
};

/** The JSON Schema of `labs/NAME/experiments/*.json`. */
export const createExperimentSchema = (): Readonly<Record<string, unknown>> => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'An experiment',
  description: 'A fault under load, and what must hold meanwhile. `pnpm experiment NAME` runs it.',
  type: 'object',
  required: requiredExperimentKeys,
  additionalProperties: false,
  properties: Object.fromEntries(
    Object.entries<Setting>(experimentKeys).map(([name, setting]) => [name, toSchema(setting)]),
  ),
});
