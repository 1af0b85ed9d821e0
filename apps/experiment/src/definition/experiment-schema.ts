import type { Setting } from '@tripod/shared/config/settings';
import { experimentKeys, requiredExperimentKeys } from './experiment.ts';

const toSchema = ({ description, schema, type, pattern }: Setting): Readonly<Record<string, unknown>> =>
  schema ? { ...schema, description } : { description, type, ...(pattern === undefined ? {} : { pattern }) };

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
