import { documentedServices, stackProgram } from './documented-services.ts';
import { renderConfiguration } from './render-configuration.ts';
import { renderErrors } from './render-errors.ts';

export type GeneratedDoc = {
  /** Relative to the checkout. */
  readonly file: string;
  readonly text: string;
};

/** Every page that is made from code, as it should be now. */
export const renderDocs = (): readonly GeneratedDoc[] => [
  { file: 'docs/reference/configuration.md', text: renderConfiguration(documentedServices, stackProgram) },
  { file: 'docs/reference/errors.md', text: renderErrors() },
];
