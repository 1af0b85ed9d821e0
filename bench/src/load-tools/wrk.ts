import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadResult } from '../definition/figures.ts';
import type { KeptConnections } from '../definition/load.ts';
import { type LoadTool, urlOf } from './load-tool.ts';
import { readNumber } from './read-number.ts';
import { runProgram } from './run-program.ts';

const unitMs: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000 };

/** Returns a script that makes wrk POST this body. It defines no function, so it adds no cost per request. */
export const wrkScript = (body: string): string =>
  // An ASCII string in JSON is also a valid string in Lua.
  [
    'wrk.method = "POST"',
    `wrk.body = ${JSON.stringify(body)}`,
    'wrk.headers["Content-Type"] = "application/json"',
    '',
  ].join('\n');

/** Returns the arguments of wrk: one thread, which is enough to load one core. */
export const wrkArguments = (
  { connections, headers = {} }: KeptConnections,
  url: string,
  { seconds, script }: { readonly seconds: number; readonly script?: string | undefined },
): readonly string[] => [
  '--threads',
  '1',
  '--connections',
  String(connections),
  '--duration',
  `${seconds}s`,
  // wrk counts slower responses as errors, and large ones are slow on a busy machine.
  '--timeout',
  '30s',
  '--latency',
  ...Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
  ...(script === undefined ? [] : ['--script', script]),
  url,
];

/** Throws on unexpected output. */
export const parseWrk = (output: string): LoadResult => {
  const [, p99 = '', unit = ''] = /^\s*99%\s+([\d.]+)(us|ms|s|m)\s*$/m.exec(output) ?? [];
  const socketErrors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(output);
  const wrongStatus = Number(/Non-2xx or 3xx responses: (\d+)/.exec(output)?.[1] ?? 0);
  return {
    requests: readNumber(output, /^\s*(\d+) requests in /m),
    errors: (socketErrors?.slice(1) ?? []).reduce((sum, count) => sum + Number(count), wrongStatus),
    figures: {
      requestsPerSecond: readNumber(output, /^Requests\/sec:\s+([\d.]+)$/m),
      p99Ms: readNumber(p99, /^([\d.]+)$/) * (unitMs[unit] ?? Number.NaN),
    },
  };
};

/** Requests the ETag of a URL. Throws when it has none. */
const readEntityTag = async (url: string): Promise<string> => {
  const response = await fetch(url, { headers: { Connection: 'close' } });
  await response.arrayBuffer();
  const tag = response.headers.get('etag');
  if (tag === null) throw new Error(`${url} has no ETag`);
  return tag;
};

/** Runs a load over persistent connections. */
export const runWrk: LoadTool<KeptConnections> = async (load, running, { seconds, core, folder }) => {
  const url = urlOf(load, running);
  const headers = load.revalidates
    ? { ...load.headers, 'If-None-Match': await readEntityTag(url) }
    : (load.headers ?? {});
  const lua = load.script ?? (load.body === undefined ? undefined : wrkScript(load.body));
  const script = lua === undefined ? undefined : join(folder, `${load.name}.lua`);
  if (script !== undefined) writeFileSync(script, lua ?? '');
  const args = wrkArguments({ ...load, headers }, url, { seconds, script });
  return parseWrk(await runProgram(core, ['wrk', ...args]));
};
