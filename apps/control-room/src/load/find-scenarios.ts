import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadScenario } from '@tripod/load/scenario/load-scenario';

/** Offered when nothing else is known. */
export const defaultRunTimeMs = 60_000;

export type FoundScenario = {
  readonly name: string;
  readonly title: string;
  readonly module: string;
  readonly usualRunTimeMs: number;
};

/** Returns the scenarios of a lab, by name: the modules of its folder `scenarios`. */
export const findScenarios = async (labFolder: string | undefined): Promise<readonly FoundScenario[]> => {
  const folder = labFolder === undefined ? '' : join(labFolder, 'scenarios');
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.slice(0, -'.ts'.length))
    .sort();
  return await Promise.all(
    names.map(async (name) => {
      const module = pathToFileURL(join(folder, `${name}.ts`)).href;
      const { title, usualRunTimeMs = defaultRunTimeMs } = await loadScenario({ module });
      return { name, title, module, usualRunTimeMs };
    }),
  );
};
