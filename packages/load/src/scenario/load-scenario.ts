import type { Scenario } from './scenario.ts';

/** The URL of the module of a scenario, or the target of a plain GET. */
export type ScenarioSource = { readonly module: string } | { readonly path: string };

/** The scenario of a bare URL: a GET of its path, without think time. */
const getAgain = (path: string): Scenario => {
  const request = { path };
  return { title: `GET ${path}`, tasks: [{ name: 'get', run: (user) => user.ask(request) }] };
};

/** Loads the scenario of a run. Throws when its module exports none. */
export const loadScenario = async (source: ScenarioSource): Promise<Scenario> => {
  if ('path' in source) return getAgain(source.path);
  const { scenario } = (await import(source.module)) as { readonly scenario?: Scenario };
  if (scenario === undefined) throw new Error(`${source.module} exports no scenario`);
  return scenario;
};
