import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Run } from './definition/run.ts';

const folder = join(import.meta.dirname, 'runs');

/** Returns the names of all runs: the files in `runs/`. */
export const listRunNames = (): readonly string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.replace(/\.ts$/, ''))
    .sort();

/** Loads the run with this name. Throws when its file does not export `run`. */
export const loadRun = async (name: string): Promise<Run> => {
  const { run } = (await import(join(folder, `${name}.ts`))) as { readonly run?: Run };
  if (!run) throw new Error(`bench/src/runs/${name}.ts must export \`run\``);
  return run;
};
