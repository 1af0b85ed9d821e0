import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigError } from '@tripod/shared/config/config-error';
import type { Target } from './connection/connection.ts';
import type { ScenarioSource } from './scenario/load-scenario.ts';

/** Where the load goes, and what users do there. */
export type LoadTarget = { readonly target: Target; readonly scenario: ScenarioSource };

export type TargetPlace = {
  /** The folder that has `labs/`. */
  readonly checkout: string;
  readonly workingDir: string;
};

const refuse = (source: string, problem: string): never => {
  throw new ConfigError([{ source, problem }]);
};

const targetOf = (url: URL): Target => ({
  hostname: url.hostname.replace(/^\[|\]$/g, ''),
  port: Number(url.port || 80),
});

const fromUrl = (text: string): LoadTarget => {
  const url = URL.parse(text);
  if (url === null || url.protocol !== 'http:')
    return refuse(`The target ${JSON.stringify(text)}`, 'must be a URL that begins with http://');
  return { target: targetOf(url), scenario: { path: url.pathname + url.search } };
};

type LabPorts = {
  readonly services?: readonly string[];
  readonly port?: number;
  readonly apiPort?: number;
};

/** The port of the load balancer; in a lab without one, that of its first copy. */
const readPort = (file: string): number => {
  const { services, port = 8080, apiPort = 8081 } = JSON.parse(readFileSync(file, 'utf8')) as LabPorts;
  const hasBalancer = services?.some((name) => name === 'proxy' || name === 'nginx') ?? true;
  return hasBalancer ? port : apiPort;
};

const scenarioNames = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.ts'))
        .map((name) => name.slice(0, -'.ts'.length))
        .sort()
    : [];

/** Names of the labs in a checkout that have scenarios. */
export const findLoadLabs = (checkout: string): readonly string[] =>
  readdirSync(join(checkout, 'labs'), { withFileTypes: true })
    .filter(
      (entry) =>
        entry.isDirectory() && scenarioNames(join(checkout, 'labs', entry.name, 'scenarios')).length > 0,
    )
    .map(({ name }) => name)
    .sort();

const fromLab = (text: string, scenario: string | undefined, place: TargetPlace): LoadTarget => {
  const folder = text.includes('/') ? resolve(place.workingDir, text) : join(place.checkout, 'labs', text);
  const file = join(folder, 'lab.json');
  if (!existsSync(file)) {
    const labs = findLoadLabs(place.checkout).join(', ');
    return refuse(
      `The target ${JSON.stringify(text)}`,
      `is neither a URL (http://…) nor a lab; the labs are ${labs}`,
    );
  }
  const names = scenarioNames(join(folder, 'scenarios'));
  const [first] = names;
  if (first === undefined) return refuse(`The lab ${text}`, 'has no scenario in its folder scenarios/');
  const name = scenario ?? first;
  if (!names.includes(name))
    return refuse(`--scenario ${name}`, `is not known; the lab ${text} has ${names.join(', ')}`);
  return {
    target: { hostname: '127.0.0.1', port: readPort(file) },
    scenario: { module: pathToFileURL(join(folder, 'scenarios', `${name}.ts`)).href },
  };
};

/**
 * Finds what a command line names: a URL, or a lab with one of its scenarios (default: the first by name). Throws a
 * ConfigError that lists what is known.
 */
export const findTarget = (
  text: string,
  { scenario, host }: { readonly scenario?: string | undefined; readonly host?: string | undefined },
  place: TargetPlace,
): LoadTarget => {
  if (/^[a-z]+:\/\//i.test(text)) {
    if (scenario !== undefined)
      refuse('--scenario', 'belongs to a lab; give the name of a lab, and its address by --host');
    return fromUrl(text);
  }
  const lab = fromLab(text, scenario, place);
  return host === undefined ? lab : { ...lab, target: fromUrl(host).target };
};
