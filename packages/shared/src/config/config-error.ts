/** One bad field: where it was read (`--port`, `PORT`, `#/port in proxy.json`) and what it must be. */
export type ConfigProblem = {
  readonly source: string;
  readonly problem: string;
  /** Where in the config file, as a JSON pointer in a URI fragment (`#/port`). */
  readonly pointer?: string;
};

/** The configuration can't be used. Lists every bad field at once, never the value of a secret. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(({ source, problem }) => `${source} ${problem}`).join('; '));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}
