import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createExperimentSchema } from '@tripod/experiment/definition/experiment-schema';
import { documentedServices, stackProgram } from './documented-services.ts';
import { renderConfiguration } from './render-configuration.ts';
import { renderErrors } from './render-errors.ts';
import { renderLabSchema } from './render-lab-schema.ts';
import { renderPolicies } from './render-policies.ts';

const readPage = (file: string): string => readFileSync(join(import.meta.dirname, '..', file), 'utf8');

export type GeneratedDoc = {
  /** Relative to the root of the repository. */
  readonly file: string;
  readonly text: string;
};

/** Renders every page that is generated or has a generated table. */
export const renderDocs = (): readonly GeneratedDoc[] => [
  { file: 'docs/reference/configuration.md', text: renderConfiguration(documentedServices, stackProgram) },
  { file: 'labs/lab.schema.json', text: renderLabSchema() },
  {
    file: 'labs/experiment.schema.json',
    text: `${JSON.stringify(createExperimentSchema(), undefined, 2)}\n`,
  },
  { file: 'docs/reference/errors.md', text: renderErrors() },
  {
    file: 'docs/reference/balancing.md',
    text: renderPolicies(readPage('docs/reference/balancing.md')),
  },
];
