import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { pinned } from '../machine/cores.ts';
import type { Load } from '../run.ts';
import { abArguments, parseAb } from './ab.ts';
import type { LoadResult } from './load-result.ts';
import { parseWrk, wrkArguments } from './wrk.ts';

const tools = {
  wrk: { toArguments: wrkArguments, parse: parseWrk },
  ab: { toArguments: abArguments, parse: parseAb },
} as const;

const run = promisify(execFile);

/** Loads a contestant for that long. Throws when there was no request, or a single error. */
export const runLoad = async (
  load: Load,
  { name, url }: { readonly name: string; readonly url: string },
  { seconds, core }: { readonly seconds: number; readonly core: number | undefined },
): Promise<LoadResult> => {
  const { toArguments, parse } = tools[load.tool];
  const [program, ...args] = pinned(core, [load.tool, ...toArguments(load, `${url}${load.path}`, seconds)]);
  const { stdout } = await run(program, args, { maxBuffer: 1_048_576 });
  const result = parse(stdout);
  if (result.errors > 0 || result.requests === 0) {
    throw new Error(
      `${name} failed under "${load.name}": ${result.errors} errors in ${result.requests} requests\n${stdout}`,
    );
  }
  return result;
};
